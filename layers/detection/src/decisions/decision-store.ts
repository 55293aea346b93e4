import { ExpiryQueue } from './expiry-queue.ts'
import { banKey } from './stored-decision.ts'
import type { StoredDecision } from './stored-decision.ts'

/** A decision that is to be made. */
export type DecisionWish = Omit<StoredDecision, 'id' | 'uuid'>

/** What changed in one step; `version` grows by one with each. */
export interface DecisionChange {
  readonly version: number
  readonly add: readonly StoredDecision[]
  readonly remove: readonly StoredDecision[]
}

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

/** Bouncers that come back within this time learn what ended meanwhile. */
export const changeMemoryMs = 86_400_000
/** Most changes remembered; a bouncer behind that gets everything that is active. */
export const maxChanges = 200_000

interface DatedChange extends DecisionChange {
  readonly atMs: number
}

/**
 * All decisions, in memory, with an append-only journal behind. Reading and streaming never wait for a disk.
 * A decision ends at its absolute `untilMs`, whatever was restarted in between.
 */
export class DecisionStore {
  readonly #options: StoreOptions
  readonly #active = new Map<number, StoredDecision>()
  readonly #byKey = new Map<string, Set<number>>()
  readonly #ends = new ExpiryQueue()
  readonly #listeners = new Set<(change: DecisionChange) => void>()
  #changes: DatedChange[] = []
  #version = 0
  #lastId = 0

  constructor(options: StoreOptions) {
    this.#options = options
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
    this.#note([], [decision])
  }

  /** Number of the last change. */
  get version(): number {
    return this.#version
  }

  /** Active decisions. */
  get size(): number {
    return this.#active.size
  }

  /** Makes a decision and tells everybody. */
  add(wish: DecisionWish): StoredDecision {
    this.#lastId += 1
    const decision = { ...wish, id: this.#lastId, uuid: this.#options.newUuid() }
    this.#insert(decision)
    this.#options.journal.append({ op: 'add', decision })
    this.#note([decision], [])
    return decision
  }

  /** Ends a decision before its time; undefined when it is not active. */
  remove(id: number, reason: string): StoredDecision | undefined {
    const decision = this.#active.get(id)
    if (decision === undefined) return undefined
    this.#drop(decision)
    this.#options.journal.append({ op: 'remove', id, atMs: this.#options.now(), reason })
    this.#note([], [decision])
    return decision
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

  /** Every active decision, oldest first. */
  active(): StoredDecision[] {
    return [...this.#active.values()]
  }

  get(id: number): StoredDecision | undefined {
    return this.#active.get(id)
  }

  /** The active decision that lasts longest for the same ban; undefined when there is none. */
  longest(ban: Pick<StoredDecision, 'type' | 'scope' | 'value'>): StoredDecision | undefined {
    let longest: StoredDecision | undefined
    for (const id of this.#byKey.get(banKey(ban)) ?? []) {
      const decision = this.#active.get(id)
      if (decision !== undefined && decision.untilMs > (longest?.untilMs ?? 0)) longest = decision
    }
    return longest
  }

  /** Changes after `version`; undefined when they are not remembered any more. */
  changesSince(version: number): readonly DecisionChange[] | undefined {
    const [oldest] = this.#changes
    if (version > this.#version) return undefined
    if (oldest === undefined) return version === this.#version ? [] : undefined
    if (version < oldest.version - 1) return undefined
    return this.#changes.slice(version - oldest.version + 1)
  }

  /** All changes that are remembered. */
  remembered(): readonly DecisionChange[] {
    return this.#changes
  }

  /** Calls `run` with every change. Returns what ends that. */
  onChange(run: (change: DecisionChange) => void): () => void {
    this.#listeners.add(run)
    return () => void this.#listeners.delete(run)
  }

  /** The records from which a store like this one can be made again: what a compacted journal holds. */
  records(): DecisionRecord[] {
    return this.active().map((decision) => ({ op: 'add', decision }))
  }

  #insert(decision: StoredDecision): void {
    this.#active.set(decision.id, decision)
    const key = banKey(decision)
    const ids = this.#byKey.get(key)
    if (ids === undefined) this.#byKey.set(key, new Set([decision.id]))
    else ids.add(decision.id)
    this.#ends.push(decision)
  }

  #drop(decision: StoredDecision): void {
    this.#active.delete(decision.id)
    const key = banKey(decision)
    const ids = this.#byKey.get(key)
    ids?.delete(decision.id)
    if (ids?.size === 0) this.#byKey.delete(key)
  }

  #note(add: readonly StoredDecision[], remove: readonly StoredDecision[]): void {
    this.#version += 1
    const atMs = this.#options.now()
    const change = { version: this.#version, add, remove, atMs }
    this.#changes.push(change)
    const oldest = this.#changes[0]?.atMs ?? atMs
    // Trimmed in large steps: moving the array for each change would be quadratic.
    if (this.#changes.length > maxChanges * 1.1 || atMs - oldest > changeMemoryMs * 1.1) this.#trim(atMs)
    for (const run of this.#listeners) run(change)
  }

  #trim(nowMs: number): void {
    const young = this.#changes.findIndex((change) => nowMs - change.atMs <= changeMemoryMs)
    const start = young < 0 ? this.#changes.length - 1 : young
    this.#changes = this.#changes.slice(Math.max(start, this.#changes.length - maxChanges))
  }
}
