import type { Clock } from '@sevenfold/layer'

/** Seconds of a quota that may be used at once. */
export const burstSeconds = 10

/**
 * How many lines a second a source may bring. Over it the source waits: files and journals keep what is not read yet, pushes are
 * answered later and then told to come again, datagrams that nobody takes are counted as dropped.
 */
export class LineQuota {
  readonly #perSecond: number
  readonly #clock: Clock
  #left: number
  #seenMs: number

  constructor(perSecond: number, clock: Clock) {
    this.#perSecond = perSecond
    this.#clock = clock
    this.#left = perSecond * burstSeconds
    this.#seenMs = clock.monotonicMs()
  }

  /** Takes lines and resolves when they may be read: at once within the quota, else after the time that they stand for. */
  async take(lines: number): Promise<void> {
    const now = this.#clock.monotonicMs()
    const gained = ((now - this.#seenMs) / 1_000) * this.#perSecond
    this.#seenMs = now
    this.#left = Math.min(this.#perSecond * burstSeconds, this.#left + gained) - lines
    if (this.#left >= 0) return
    const waitMs = Math.ceil((-this.#left / this.#perSecond) * 1_000)
    await new Promise<void>((resolve) => this.#clock.after(waitMs, resolve))
  }
}
