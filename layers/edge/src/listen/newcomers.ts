/** Time of one turn of the event loop for first requests, milliseconds. */
export const newcomersSliceMs = 0.1

/**
 * Lets first requests of new connections take turns with everything else: thousands that come at once must not hold up the
 * connections that are known. What finds no time in this turn is done in those that follow. Then the newest goes first:
 * behind a burst, served in order, everybody waits for those who made it. No more wait than connections are allowed.
 */
export class Newcomers {
  private readonly monotonicMs: () => number
  private waiting: (() => void)[] = []
  private spentMs = 0
  private turning = false

  /** `monotonicMs` counts milliseconds from any start. */
  constructor(monotonicMs: () => number) {
    this.monotonicMs = monotonicMs
  }

  /** Does the work at once when this turn has time for it and nobody waits; false: it is going to be done. */
  enter(work: () => void): boolean {
    const isFree = this.waiting.length === 0 && this.spentMs < newcomersSliceMs
    if (isFree) this.spend(work)
    else this.waiting.push(work)
    if (!this.turning) {
      this.turning = true
      setImmediate(this.nextTurn)
    }
    return isFree
  }

  private spend(work: () => void): void {
    const since = this.monotonicMs()
    work()
    this.spentMs += this.monotonicMs() - since
  }

  private readonly nextTurn = (): void => {
    this.turning = this.waiting.length > 0
    this.spentMs = 0
    if (!this.turning) return
    setImmediate(this.nextTurn)
    do {
      const work = this.waiting.pop()
      if (work === undefined) return
      this.spend(work)
    } while (this.spentMs < newcomersSliceMs)
  }
}
