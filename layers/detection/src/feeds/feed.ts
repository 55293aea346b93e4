import type { Outbound } from '@sevenfold/outbound'
import { needsApproval } from './change-size.ts'
import type { FeedConfig, FeedFormat } from './feed-config.ts'
import type { FeedEntry } from './feed-entry.ts'
import { FeedError } from './feed-error.ts'
import { readState, writeState } from './feed-state.ts'
import type { FeedState } from './feed-state.ts'
import { crowdsecApiSource } from './sources/crowdsec-api-source.ts'
import { documentSource } from './sources/document-source.ts'
import { taxiiSource } from './sources/taxii-source.ts'
import type { FeedAnswer, FeedSource } from './sources/feed-source.ts'

/** What came of a look at a source. */
export type FeedOutcome =
  | { readonly kind: 'same' }
  | { readonly kind: 'taken'; readonly added: number; readonly removed: number; readonly unreadable: number }
  | { readonly kind: 'held'; readonly added: number; readonly removed: number }
  | { readonly kind: 'failed'; readonly error: FeedError }

/** A feed for people. */
export interface FeedStatus {
  readonly name: string
  readonly format: FeedFormat
  readonly trust: number
  readonly entries: number
  /** When the source last answered, milliseconds since 1970; 0 for never. */
  readonly confirmedMs: number
  readonly failures: number
  readonly lastError?: string
  readonly pending?: { readonly added: number; readonly removed: number; readonly sinceMs: number }
}

/** What a feed needs. */
export interface FeedOptions {
  readonly config: FeedConfig
  /** File of its state. */
  readonly path: string
  readonly outbound: Outbound
  readonly now: () => number
  readonly secret: string | undefined
}

function sourceOf(format: FeedFormat): FeedSource {
  if (format === 'taxii') return taxiiSource
  return format === 'crowdsec-api' ? crowdsecApiSource() : documentSource(format)
}

/** One feed: what it said last that was taken, and what it wants to say next. */
export class Feed {
  readonly config: FeedConfig
  readonly #options: FeedOptions
  readonly #source: FeedSource
  #state: FeedState
  #failures = 0
  #lastError: string | undefined

  constructor(options: FeedOptions) {
    this.config = options.config
    this.#options = options
    this.#source = sourceOf(options.config.format)
    this.#state = readState(options.path)
  }

  /** Entries in force, with their ends; none once the source was silent for longer than they hold. */
  *active(): Generator<FeedEntry> {
    const now = this.#options.now()
    const until = this.#state.confirmedMs + this.config.expiryMs
    for (const entry of this.#state.entries.values()) {
      const untilMs = entry.untilMs === 0 ? until : Math.min(entry.untilMs, until)
      if (untilMs > now) yield { ...entry, untilMs }
    }
  }

  /** Looks at the source. Never throws: a failed look leaves everything as it is. */
  async refresh(signal: AbortSignal): Promise<FeedOutcome> {
    try {
      const { config, outbound, secret } = this.#options
      const nowMs = this.#options.now()
      const position = this.#state.pending ?? this.#state
      const answer = await this.#source(position, { feed: config, outbound, signal, nowMs, secret })
      this.#failures = 0
      this.#lastError = undefined
      return this.#take(answer, nowMs)
    } catch (error) {
      this.#failures += 1
      const failure =
        error instanceof FeedError ? error : new FeedError('FEED_FORM', String(error), { cause: error })
      this.#lastError = failure.message.slice(0, 300)
      return { kind: 'failed', error: failure }
    }
  }

  #take(answer: FeedAnswer, nowMs: number): FeedOutcome {
    const before = this.#state
    if (answer.kind === 'same') {
      this.#keep({ ...before, confirmedMs: nowMs })
      return { kind: 'same' }
    }
    const { entries, cursor, unreadable } = answer
    const size = needsApproval(before.entries, entries, this.config.maxChange)
    if (size !== undefined) {
      const { added, removed } = size
      const sinceMs = before.pending?.sinceMs ?? nowMs
      // What is in force goes on being so: its source is there, only its change is in doubt.
      this.#keep({ ...before, confirmedMs: nowMs, pending: { entries, cursor, sinceMs, added, removed } })
      return { kind: 'held', added, removed }
    }
    const [added, removed] = [countMissing(entries, before.entries), countMissing(before.entries, entries)]
    this.#keep({ entries, cursor, confirmedMs: nowMs, pending: undefined, previous: before.entries })
    return added + removed === 0 ? { kind: 'same' } : { kind: 'taken', added, removed, unreadable }
  }

  /** Takes the update that waits; false when none does. */
  approve(): boolean {
    const { pending, entries } = this.#state
    if (pending === undefined) return false
    this.#keep({
      ...this.#state,
      entries: pending.entries,
      cursor: pending.cursor,
      pending: undefined,
      previous: entries,
    })
    return true
  }

  /** Drops the update that waits; what is in force stays, and the same update waits again when it comes again. */
  reject(): boolean {
    if (this.#state.pending === undefined) return false
    this.#keep({ ...this.#state, pending: undefined })
    return true
  }

  /** Goes back to what was in force before the last update; false when that is not known. */
  rollBack(): boolean {
    const { previous } = this.#state
    if (previous === undefined) return false
    this.#keep({ ...this.#state, entries: previous, cursor: {}, pending: undefined, previous: undefined })
    return true
  }

  status(): FeedStatus {
    const { pending, entries, confirmedMs } = this.#state
    const { name, format, trust } = this.config
    return {
      name,
      format,
      trust,
      entries: entries.size,
      confirmedMs,
      failures: this.#failures,
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
      ...(pending === undefined
        ? {}
        : { pending: { added: pending.added, removed: pending.removed, sinceMs: pending.sinceMs } }),
    }
  }

  #keep(state: FeedState): void {
    this.#state = state
    writeState(this.#options.path, state)
  }
}

function countMissing(of: ReadonlyMap<string, FeedEntry>, from: ReadonlyMap<string, FeedEntry>): number {
  let count = 0
  for (const key of of.keys()) if (!from.has(key)) count += 1
  return count
}
