import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { DecisionWish } from '../decisions/decision-store.ts'
import { readStoredDecision } from '../decisions/decision-journal.ts'
import { banKey } from '../decisions/stored-decision.ts'
import { readLines } from '../journal/read-lines.ts'

/** Most held bans, and most of them by one reporter: one that floods does not push out what others asked for. */
export const maxHeld = 20_000
export const maxHeldOfReporter: number = maxHeld / 4
/** How long a held ban waits for somebody's word, at most; one that would be over before then ends with its own time. */
export const maxHoldMs = 86_400_000

/** Why a ban is held: its reporter asked for too many, or it comes from a log that is not believed. */
export type HoldCause = 'flood' | 'log-not-believed'

/** A ban that waits for somebody to release or drop it. */
export interface HeldBan {
  readonly id: number
  /** As it was asked for: released, it ends when it would have ended without the wait. */
  readonly wish: DecisionWish
  readonly reporter: string
  readonly cause: HoldCause
  /** Milliseconds since 1970. */
  readonly heldMs: number
  /** When it is forgotten, milliseconds since 1970. */
  readonly expiresMs: number
}

/** One record of the log behind them. */
export type HeldRecord =
  | { readonly op: 'hold'; readonly held: HeldBan }
  | { readonly op: 'end'; readonly id: number }

/** What a book of held bans needs. */
export interface HeldBansOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Keeps records; must not make the book wait. */
  readonly append?: (record: HeldRecord) => void
  readonly records?: readonly HeldRecord[]
}

/** Bans that a limit held back: kept over restarts, bounded, forgotten after a day. */
export class HeldBans {
  readonly #options: HeldBansOptions
  // In the order in which they were held, which is nearly that in which they end.
  readonly #held = new Map<number, HeldBan>()
  readonly #byBan = new Map<string, number>()
  readonly #ofReporter = new Map<string, number>()
  #lastId = 0
  #full = 0

  constructor(options: HeldBansOptions) {
    this.#options = options
    for (const record of options.records ?? []) {
      if (record.op === 'hold') this.#insert(record.held)
      else this.#drop(record.id)
    }
    this.expire()
  }

  get size(): number {
    return this.#held.size
  }

  /** Bans that found no room since the start: nobody can release them. */
  get full(): number {
    return this.#full
  }

  /** Keeps a ban. The same one again is kept once, with the later end; `full` when there is no room. */
  hold(wish: DecisionWish, by: { reporter: string; cause: HoldCause }): 'held' | 'known' | 'full' {
    const known = this.#known(wish)
    if (known !== undefined && known.wish.untilMs >= wish.untilMs) return 'known'
    const isFull = this.#held.size >= maxHeld || (this.#ofReporter.get(by.reporter) ?? 0) >= maxHeldOfReporter
    if (known === undefined && isFull) {
      this.#full += 1
      return 'full'
    }
    const heldMs = this.#options.now()
    const held: HeldBan = {
      id: known?.id ?? this.#lastId + 1,
      wish,
      reporter: known?.reporter ?? by.reporter,
      cause: by.cause,
      heldMs: known?.heldMs ?? heldMs,
      expiresMs: Math.min(wish.untilMs, heldMs + maxHoldMs),
    }
    // An attack that goes on asks for the same ban with every request; the log does not grow with each of them.
    const isWorthAWrite = known === undefined || held.expiresMs - known.expiresMs > maxHoldMs / 24
    this.#insert(held)
    if (isWorthAWrite) this.#options.append?.({ op: 'hold', held })
    return known === undefined ? 'held' : 'known'
  }

  #known(wish: DecisionWish): HeldBan | undefined {
    const id = this.#byBan.get(banKey(wish))
    return id === undefined ? undefined : this.#held.get(id)
  }

  /** Every held ban, oldest first. */
  list(): readonly HeldBan[] {
    return [...this.#held.values()]
  }

  get(id: number): HeldBan | undefined {
    return this.#held.get(id)
  }

  /** Takes bans out, for whatever becomes of them; returns those that were held. */
  take(ids: Iterable<number>): readonly HeldBan[] {
    return [...ids].flatMap((id) => {
      const held = this.#drop(id)
      if (held === undefined) return []
      this.#options.append?.({ op: 'end', id })
      return [held]
    })
  }

  /** Forgets what waited too long, and returns it. Needs no record: the end is in the ban. */
  expire(): readonly HeldBan[] {
    if (this.#held.size === 0) return []
    const now = this.#options.now()
    const over = this.list().filter(({ expiresMs }) => expiresMs <= now)
    for (const { id } of over) this.#drop(id)
    return over
  }

  /** What a compacted log holds. */
  records(): HeldRecord[] {
    return this.list().map((held) => ({ op: 'hold', held }))
  }

  #insert(held: HeldBan): void {
    this.#lastId = Math.max(this.#lastId, held.id)
    if (!this.#held.has(held.id)) {
      this.#ofReporter.set(held.reporter, (this.#ofReporter.get(held.reporter) ?? 0) + 1)
    }
    this.#held.set(held.id, held)
    this.#byBan.set(banKey(held.wish), held.id)
  }

  #drop(id: number): HeldBan | undefined {
    const held = this.#held.get(id)
    if (held === undefined) return undefined
    this.#held.delete(id)
    this.#byBan.delete(banKey(held.wish))
    const rest = (this.#ofReporter.get(held.reporter) ?? 1) - 1
    if (rest > 0) this.#ofReporter.set(held.reporter, rest)
    else this.#ofReporter.delete(held.reporter)
    return held
  }
}

const lineLimits = { maxTextLength: 16_384, maxDepth: 5, maxNodes: 60, maxStringLength: 1_024 }

const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)

function readHeld(line: string): HeldRecord | undefined {
  const parsed = parseBoundedJson(line, lineLimits)
  if (!parsed.ok || !isJsonObject(parsed.value)) return undefined
  const { op, id: ended, held } = parsed.value
  if (op === 'end' && typeof ended === 'number') return { op, id: ended }
  if (op !== 'hold' || !isJsonObject(held) || !isJsonObject(held['wish'])) return undefined
  const { id, reporter, cause, heldMs, expiresMs } = held
  if (typeof id !== 'number' || typeof reporter !== 'string' || !isTime(heldMs) || !isTime(expiresMs))
    return undefined
  const decision = readStoredDecision({ ...held['wish'], id })
  if (decision === undefined) return undefined
  const { id: _id, uuid: _uuid, ...wish } = decision
  const why: HoldCause = cause === 'log-not-believed' ? cause : 'flood'
  return { op, held: { id, wish, reporter, cause: why, heldMs, expiresMs } }
}

/** Records in the file of held bans, oldest first; lines that cannot be read are left out. */
export function readHeldLog(path: string): HeldRecord[] {
  return [...readLines(path)].flatMap((line) => readHeld(line) ?? [])
}
