import type { Clock, Logger, Timer } from '@sevenfold/layer'
import { readAlertsState, writeAlertsState } from './state-file.ts'
import type { AlertsState } from './state-file.ts'

/** A change is written this much later, together with those that come meanwhile. */
export const saveSoonMs = 2_000

/** What a keeper needs. */
export interface StateKeeperOptions {
  readonly path: string
  readonly clock: Clock
  readonly log: Logger
  /** Everything that is to be kept, now. */
  readonly state: () => AlertsState
}

/** Writes the state when something changed, one write at a time. A full disk is logged, and the next time tries again. */
export class StateKeeper {
  readonly #options: StateKeeperOptions
  #isDirty = false
  #planned: Timer | undefined
  #saving: Promise<void> = Promise.resolve()
  #isStopped = false

  constructor(options: StateKeeperOptions) {
    this.#options = options
  }

  /** What was kept; undefined when there is nothing, or nothing that can be read. */
  read(): AlertsState | undefined {
    try {
      return readAlertsState(this.#options.path)
    } catch (error) {
      // Rather everything judged again than nothing: the ledger has it all.
      this.#options.log.error('state-damaged', { error })
      return undefined
    }
  }

  /** Something changed that the next write takes along. */
  touch(): void {
    this.#isDirty = true
  }

  /** Something changed that is written soon. */
  soon(): void {
    this.#isDirty = true
    if (this.#isStopped || this.#planned !== undefined) return
    this.#planned = this.#options.clock.after(saveSoonMs, () => {
      this.#planned = undefined
      void this.save() // never rejects
    })
  }

  /** Writes when something changed. Never rejects. */
  async save(): Promise<void> {
    await this.#saving
    if (!this.#isDirty) return
    this.#isDirty = false
    const { path, state, log } = this.#options
    this.#saving = writeAlertsState(path, state()).catch((error: unknown) => {
      this.#isDirty = true
      log.error('state-not-written', { error })
    })
    await this.#saving
  }

  /** Writes a last time. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#planned?.cancel()
    this.#isDirty = true
    await this.save()
  }
}
