import { parseRange } from '../authority/address.ts'
import { numberRange } from '../authority/address-number.ts'
import type { NumberRange } from '../authority/address-number.ts'
import { ChangeMemory } from './change-memory.ts'
import type { DecisionChange } from './change-memory.ts'
import { ExpiryQueue } from './expiry-queue.ts'
import { RangeIndex } from './range-index.ts'
import type { StoredDecision } from './stored-decision.ts'

/** A decision that is to be made. */
export type DecisionWish = Omit<StoredDecision, 'id' | 'uuid'>

/** One record of the log behind the store. */
export type DecisionRecord =
  | { readonly op: 'add'; readonly decision: StoredDecision }
  | { readonly op: 'remove'; readonly id: number; readonly atMs: number; readonly reason: string }

/** Keeps records; must not make the store wait. */
export interface DecisionJournal {
  append(record: DecisionRecord): void
}

/** What a store needs. */
export interface StoreOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly newUuid: () => string
  readonly journal: DecisionJournal
  /** What the journal held at the start, oldest first. */
  readonly records?: readonly DecisionRecord[]
}

/** Decisions taken back by hand that a compacted journal goes on telling of, so that bouncers that were away learn it. */
export const maxKeptRemovals = 10_000

type Place = Pick<StoredDecision, 'scope' | 'value'>
const placeKey = ({ scope, value }: Place): string => `${scope} ${value}`

function rangeOf(decision: Place): NumberRange | undefined {
  const range = decision.scope === 'range' ? parseRange(decision.value) : undefined
  return range === undefined ? undefined : numberRange(range)
}

/**
 * All decisions, in memory, with an append-only journal behind. Reading and streaming never wait for a disk.
 * A decision ends at its absolute `untilMs`, whatever was restarted in between. Written for half a million: adding is
 * O(log n), looking up an address is a few table look-ups (bench: `npm run bench:lapi`).
 */
export class DecisionStore {
  readonly #options: StoreOptions
  readonly #active = new Map<number, StoredDecision>()
  // Nearly every value has one decision; a list for each would double the memory of a large block list.
  readonly #places = new Map<string, StoredDecision | StoredDecision[]>()
  readonly #ranges = new RangeIndex<StoredDecision>()
  readonly #ends = new ExpiryQueue()
  readonly #listeners = new Set<(change: DecisionChange) => void>()
  readonly #changes: ChangeMemory
  #listed: readonly StoredDecision[] | undefined
  #lastId = 0

  constructor(options: StoreOptions) {
    this.#options = options
    this.#changes = new ChangeMemory(options.now)
    for (const record of options.records ?? []) this.#replay(record)
    this.expire()
  }

  #replay(record: DecisionRecord): void {
    if (record.op === 'add') {
      this.#lastId = Math.max(this.#lastId, record.decision.id)
      this.#insert(record.decision)
      return
    }
    const decision = this.#active.get(record.id)
    if (decision === undefined) return
    this.#drop(decision)
    this.#changes.note([], [decision], record.atMs)
  }

  /** Number of the last change. */
  get version(): number {
    return this.#changes.version
  }

  /** Active decisions. */
  get size(): number {
    return this.#active.size
  }

  /** Makes a decision and tells everybody. */
  add(wish: DecisionWish): StoredDecision {
    const decision = this.#make(wish)
    this.#note([decision], [])
    return decision
  }

  /** Makes many decisions in one change, as a feed or an import does. */
  addAll(wishes: readonly DecisionWish[]): readonly StoredDecision[] {
    const made = wishes.map((wish) => this.#make(wish))
    if (made.length > 0) this.#note(made, [])
    return made
  }

  #make(wish: DecisionWish): StoredDecision {
    this.#lastId += 1
    const decision = { ...wish, id: this.#lastId, uuid: this.#options.newUuid() }
    this.#insert(decision)
    this.#options.journal.append({ op: 'add', decision })
    return decision
  }

  /** Ends a decision before its time; undefined when it is not active. */
  remove(id: number, reason: string): StoredDecision | undefined {
    return this.removeAll([id], reason)[0]
  }

  /** Ends decisions before their time, in one change; returns those that were active. */
  removeAll(ids: Iterable<number>, reason: string): readonly StoredDecision[] {
    const removed: StoredDecision[] = []
    const atMs = this.#options.now()
    for (const id of ids) {
      const decision = this.#active.get(id)
      if (decision === undefined) continue
      this.#drop(decision)
      this.#options.journal.append({ op: 'remove', id, atMs, reason })
      removed.push(decision)
    }
    if (removed.length > 0) this.#note([], removed)
    return removed
  }

  /** Ends what is over and returns it. Needs no journal: the end is in the decision. */
  expire(): StoredDecision[] {
    const now = this.#options.now()
    const ended: StoredDecision[] = []
    for (let next = this.#ends.popEnded(now); next !== undefined; next = this.#ends.popEnded(now)) {
      if (!this.#active.has(next.id)) continue
      this.#drop(next)
      ended.push(next)
    }
    if (ended.length > 0) this.#note([], ended)
    return ended
  }

  /** When the next decision may end, milliseconds since 1970. */
  nextEndMs(): number | undefined {
    return this.#ends.nextMs()
  }

  /** Every active decision, oldest first. Readers of the same state share one list. */
  active(): readonly StoredDecision[] {
    return (this.#listed ??= [...this.#active.values()])
  }

  get(id: number): StoredDecision | undefined {
    return this.#active.get(id)
  }

  /** Active decisions on exactly this value. */
  at(place: Place): readonly StoredDecision[] {
    const found = this.#places.get(placeKey(place))
    return found === undefined ? [] : Array.isArray(found) ? found : [found]
  }

  /** Active decisions by their value: one, or a list where several stand on the same. */
  byPlace(): Iterable<StoredDecision | readonly StoredDecision[]> {
    return this.#places.values()
  }

  /** Active decisions on an address or a range: on itself and on every range around it. */
  around(range: NumberRange, text: string): readonly StoredDecision[] {
    const same = this.at({ scope: 'ip', value: text })
    const around = this.#ranges.around(range)
    return same.length === 0 ? around : [...same, ...around]
  }

  /** The active decision that lasts longest for the same ban; undefined when there is none. */
  longest(ban: Pick<StoredDecision, 'type' | 'scope' | 'value'>): StoredDecision | undefined {
    let longest: StoredDecision | undefined
    for (const decision of this.at(ban)) {
      if (decision.type === ban.type && decision.untilMs > (longest?.untilMs ?? 0)) longest = decision
    }
    return longest
  }

  /** Changes after `version`; undefined when they are not remembered any more. */
  changesSince(version: number): readonly DecisionChange[] | undefined {
    return this.#changes.since(version)
  }

  /** All changes that are remembered. */
  remembered(): readonly DecisionChange[] {
    return this.#changes.all()
  }

  /** Calls `run` with every change. Returns what ends that. */
  onChange(run: (change: DecisionChange) => void): () => void {
    this.#listeners.add(run)
    return () => void this.#listeners.delete(run)
  }

  /**
   * The records from which a store like this one can be made again: what a compacted journal holds. Decisions taken
   * back a short time ago are among them, so that a bouncer that was away still learns it after a restart.
   */
  records(): DecisionRecord[] {
    const now = this.#options.now()
    const removed = this.#changes
      .all()
      .flatMap(({ remove, atMs }) => remove.map((decision) => ({ decision, atMs })))
      .filter(({ decision }) => decision.untilMs > now)
      .slice(-maxKeptRemovals)
    return [
      ...removed.flatMap(({ decision, atMs }): DecisionRecord[] => [
        { op: 'add', decision },
        { op: 'remove', id: decision.id, atMs, reason: 'taken back before' },
      ]),
      ...this.active().map((decision): DecisionRecord => ({ op: 'add', decision })),
    ]
  }

  #insert(decision: StoredDecision): void {
    this.#listed = undefined
    this.#active.set(decision.id, decision)
    const key = placeKey(decision)
    const there = this.#places.get(key)
    if (there === undefined) this.#places.set(key, decision)
    else if (Array.isArray(there)) there.push(decision)
    else this.#places.set(key, [there, decision])
    const range = rangeOf(decision)
    if (range !== undefined) this.#ranges.add(range, decision)
    this.#ends.push(decision)
  }

  #drop(decision: StoredDecision): void {
    this.#listed = undefined
    this.#active.delete(decision.id)
    const key = placeKey(decision)
    const there = this.#places.get(key)
    const rest = Array.isArray(there) ? there.filter(({ id }) => id !== decision.id) : []
    if (rest.length === 0) this.#places.delete(key)
    else this.#places.set(key, rest)
    const range = rangeOf(decision)
    if (range !== undefined) this.#ranges.delete(range, decision)
  }

  #note(add: readonly StoredDecision[], remove: readonly StoredDecision[]): void {
    const change = this.#changes.note(add, remove, this.#options.now())
    for (const run of this.#listeners) run(change)
  }
}
