/** Most answers that wait; more are sent at once. */
export const maxWaiting = 4096
/** How long an answer waits, milliseconds. */
export const waitMs = 1000

interface Waiting {
  readonly until: number
  readonly leave: () => void
}

/**
 * Where the answers of clients that were turned away wait for a second: who asks again only after an answer is slowed
 * down at no cost to us.
 */
export class WaitingRoom {
  private readonly waiting: Waiting[] = []
  private readonly monotonicMs: () => number

  constructor(monotonicMs: () => number) {
    this.monotonicMs = monotonicMs
  }

  get size(): number {
    return this.waiting.length
  }

  /** False when there is no room. `leave` is called later, once. */
  enter(leave: () => void): boolean {
    if (this.waiting.length >= maxWaiting) return false
    this.waiting.push({ until: this.monotonicMs() + waitMs, leave })
    return true
  }

  /** Lets go whose time is over; called every few milliseconds. */
  sweep(): void {
    const now = this.monotonicMs()
    let gone = 0
    while (gone < this.waiting.length && (this.waiting[gone]?.until ?? 0) <= now) gone += 1
    for (const { leave } of this.waiting.splice(0, gone)) leave()
  }

  /** Lets everybody go. */
  empty(): void {
    for (const { leave } of this.waiting.splice(0)) leave()
  }
}
