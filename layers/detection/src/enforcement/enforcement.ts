import type { Clock, Logger, Timer } from '@sevenfold/layer'
import type { DecisionChange } from '../decisions/change-memory.ts'
import type { DecisionStore } from '../decisions/decision-store.ts'
import type { StoredDecision } from '../decisions/stored-decision.ts'
import { BanView } from './ban-view.ts'
import type { Enforcer } from './enforcer.ts'

/** Changes are gathered for this long: a flood of bans is a few transactions and not a thousand. */
export const gatherMs = 20
/** Share of the time that may go into enforcing, at most: after a long run the next one waits this many times as long. */
const restFactor = 3
const maxRestMs = 10_000
/** A failure is tried again after this, doubled each time up to the most. */
export const retryMs = { first: 1_000, most: 60_000 } as const
/** How often it is looked after what was made. */
export const checkEveryMs = 60_000

/** What keeping up needs. */
export interface EnforcementOptions {
  readonly store: DecisionStore
  readonly enforcer: Enforcer
  readonly clock: Clock
  readonly log: Logger
  /** Told when enforcing begins to fail, and when it works again. */
  readonly onState: (state: {
    readonly name: string
    readonly works: boolean
    readonly error: string
  }) => void
}

/** How it stands, for `status`. */
export interface EnforcementState {
  readonly name: string
  readonly works: boolean
  /** Milliseconds since 1970; 0 before the first time. */
  readonly lastMs: number
}

/** Keeps one enforcer as the store is: everything at the start and after a failure, changes otherwise, one at a time. */
export class Enforcement {
  readonly #options: EnforcementOptions
  readonly #view: BanView
  readonly #stopListening: () => void
  #touched: StoredDecision[] = []
  #needsAll = true
  #running: Promise<void> | undefined
  #timer: Timer | undefined
  #checkTimer: Timer | undefined
  #failures = 0
  #lastMs = 0
  #tookMs = 0
  #endedMs = Number.NEGATIVE_INFINITY
  #stopped = false

  constructor(options: EnforcementOptions) {
    this.#options = options
    this.#view = new BanView(options.store)
    this.#stopListening = options.store.onChange((change) => this.#note(change))
    this.#scheduleCheck()
  }

  state(): EnforcementState {
    return { name: this.#options.enforcer.name, works: this.#failures === 0, lastMs: this.#lastMs }
  }

  #note({ add, remove }: DecisionChange): void {
    if (!this.#needsAll) this.#touched.push(...add, ...remove)
    this.#scheduleWork()
  }

  #scheduleWork(): void {
    if (this.#timer !== undefined || this.#running !== undefined) return
    const { enforcer, clock } = this.#options
    const restMs = Math.max(enforcer.restMs ?? 0, Math.min(maxRestMs, this.#tookMs * restFactor))
    // The rest counts from the last change: after a quiet time a ban does not wait for what a flood cost hours ago.
    this.#schedule(Math.max(gatherMs, this.#endedMs + restMs - clock.monotonicMs()))
  }

  #schedule(ms: number): void {
    if (this.#stopped) return
    this.#timer?.cancel()
    this.#timer = this.#options.clock.after(ms, () => {
      this.#timer = undefined
      void this.run() // failures are reported and tried again
    })
  }

  #scheduleCheck(): void {
    this.#checkTimer = this.#options.clock.after(checkEveryMs, () => {
      void this.#check().finally(() => {
        if (!this.#stopped) this.#scheduleCheck()
      })
    })
  }

  async #check(): Promise<void> {
    if (this.#failures > 0 || this.#running !== undefined || (await this.#options.enforcer.isIntact())) return
    this.#options.log.warn('enforcement-was-removed', { enforcer: this.#options.enforcer.name })
    this.#needsAll = true
    await this.run()
  }

  /** Brings in what waits; resolves when that is done, or it failed and is tried later. */
  run(): Promise<void> {
    this.#running ??= this.#work().finally(() => {
      this.#running = undefined
      // A change may have come after the last look.
      if (this.#touched.length > 0) this.#scheduleWork()
    })
    return this.#running
  }

  async #work(): Promise<void> {
    const { enforcer, clock } = this.#options
    if (!this.#stopped && (this.#needsAll || this.#touched.length > 0)) {
      const touched = this.#touched
      this.#touched = []
      const isWhole = this.#needsAll
      this.#needsAll = false
      const before = clock.monotonicMs()
      try {
        if (isWhole) await enforcer.replace(this.#view)
        else await enforcer.update(this.#view.changed({ add: touched, remove: [] }), this.#view)
        this.#lastMs = clock.now()
        this.#endedMs = clock.monotonicMs()
        this.#tookMs = this.#endedMs - before
        this.#succeed()
      } catch (error) {
        this.#fail(error)
      }
    }
  }

  #succeed(): void {
    if (this.#failures > 0)
      this.#options.onState({ name: this.#options.enforcer.name, works: true, error: '' })
    this.#failures = 0
  }

  #fail(error: unknown): void {
    const { enforcer, log, onState } = this.#options
    this.#needsAll = true
    this.#touched = []
    log.error('enforcement-failed', { enforcer: enforcer.name, error })
    if (this.#failures === 0)
      onState({
        name: enforcer.name,
        works: false,
        error: error instanceof Error ? error.message : String(error),
      })
    this.#failures += 1
    this.#schedule(Math.min(retryMs.most, retryMs.first * 2 ** (this.#failures - 1)))
  }

  /** Brings in what waits and ends. */
  async stop(): Promise<void> {
    this.#stopListening()
    this.#timer?.cancel()
    this.#checkTimer?.cancel()
    await this.#running
    await this.run()
    this.#stopped = true
    this.#timer?.cancel()
    try {
      await this.#options.enforcer.stop()
    } catch (error) {
      this.#options.log.error('enforcement-not-removed', { enforcer: this.#options.enforcer.name, error })
    }
  }
}
