import type { Clock, Logger, Timer } from '@sevenfold/layer'
import type { FeedBook } from './feed-book.ts'
import type { Feed, FeedStatus } from './feed.ts'

/** What somebody may say of a feed. */
export type FeedAct = 'refresh' | 'approve' | 'reject' | 'rollback'

/** What a service needs. */
export interface FeedServiceOptions {
  readonly feeds: readonly Feed[]
  readonly book: FeedBook
  readonly clock: Clock
  readonly log: Logger
  /** Told of updates that wait for somebody's word. */
  readonly onHeld: (name: string, change: { readonly added: number; readonly removed: number }) => void
}

/** Longest wait after failures. */
const maxWaitMs = 6 * 3_600_000

/** Looks at each feed in its own time and keeps decisions in line. */
export class FeedService {
  readonly #options: FeedServiceOptions
  readonly #timers = new Map<string, Timer>()
  readonly #stopped = new AbortController()
  readonly #running = new Set<Promise<void>>()

  constructor(options: FeedServiceOptions) {
    this.#options = options
  }

  /** Begins: what the feeds said last is in force at once, and each is looked at, one after the other at first. */
  start(): void {
    if (this.#options.feeds.length === 0) return
    this.#options.book.reconcile()
    for (const [index, feed] of this.#options.feeds.entries()) this.#after(feed, index * 1_000)
  }

  #after(feed: Feed, ms: number): void {
    if (this.#stopped.signal.aborted) return
    const timer = this.#options.clock.after(ms, () => {
      const run = this.#look(feed).finally(() => this.#running.delete(run))
      this.#running.add(run)
    })
    this.#timers.set(feed.config.name, timer)
  }

  async #look(feed: Feed): Promise<void> {
    const { book, log, onHeld } = this.#options
    const { name, everyMs } = feed.config
    const outcome = await feed.refresh(this.#stopped.signal)
    if (this.#stopped.signal.aborted) return
    if (outcome.kind === 'failed')
      log.warn('feed-failed', { feed: name, code: outcome.error.code, error: outcome.error.message })
    if (outcome.kind === 'held') {
      log.warn('feed-held', { feed: name, added: outcome.added, removed: outcome.removed })
      onHeld(name, outcome)
    }
    // Also when nothing is new: ends move on, and a silent feed's entries end.
    const { made, ended, spared } = book.reconcile()
    if (made + ended > 0) log.info('feed-applied', { feed: name, made, ended, spared })
    this.#after(
      feed,
      outcome.kind === 'failed'
        ? Math.min(maxWaitMs, everyMs * 2 ** Math.min(6, feed.status().failures - 1))
        : everyMs,
    )
  }

  /** The feeds, for people. */
  statuses(): readonly FeedStatus[] {
    return this.#options.feeds.map((feed) => feed.status())
  }

  /** Does what somebody says; undefined when there is no such feed, false when there is nothing to do. */
  async act(name: string, act: FeedAct): Promise<boolean | undefined> {
    const feed = this.#options.feeds.find(({ config }) => config.name === name)
    if (feed === undefined) return undefined
    if (act === 'refresh') {
      this.#timers.get(name)?.cancel()
      await this.#look(feed)
      return true
    }
    const isDone = act === 'approve' ? feed.approve() : act === 'reject' ? feed.reject() : feed.rollBack()
    if (isDone) this.#options.book.reconcile()
    return isDone
  }

  /** Brings decisions in line again: after a change of allow-lists, for example. */
  reconcile(): void {
    if (this.#options.feeds.length > 0) this.#options.book.reconcile()
  }

  /** Ends all looks; resolves when the last is over. */
  async stop(): Promise<void> {
    this.#stopped.abort()
    for (const timer of this.#timers.values()) timer.cancel()
    await Promise.all(this.#running)
  }
}
