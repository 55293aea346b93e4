/** Time for large answers in one turn of the event loop, milliseconds. */
export const turnMs = 0.5
/** Connections that go on in each turn when more wait than its time is enough for. */
export const readersPerTurn = 8
/** Entries of the queue that may lie behind its head before it is copied. */
const mostPassed = 1024

/** Something that reads and can be asked to stop for a turn. */
export interface TurnReader {
  /** Its turn has come: read on. */
  readOn(): void
}

/**
 * Shares the time of one process between large answers and everything else. Node reads from a connection as long as
 * there is something to read, up to a megabyte; a hundred large answers that come at once would keep every small
 * request waiting for as long as it takes to copy, and perhaps to inspect, all that. After some time the rest waits for
 * the next turn.
 */
export class ReadingTurn {
  private left = turnMs
  private armed = false
  private waiting: TurnReader[] = []
  private next = 0

  /** True when the time of this turn is used up: whoever wants to read on has to wait. */
  get isOver(): boolean {
    return this.left <= 0
  }

  /** Counts the time that was spent with a piece of a large answer. */
  spend(ms: number): void {
    this.arm()
    this.left -= ms
  }

  /** Calls `readOn` in a turn that follows. */
  wait(reader: TurnReader): void {
    this.arm()
    this.waiting.push(reader)
  }

  private arm(): void {
    if (this.armed) return
    this.armed = true
    setImmediate(this.turn)
  }

  private readonly turn = (): void => {
    this.left = turnMs
    this.armed = this.waiting.length > 0
    if (!this.armed) return
    setImmediate(this.turn)
    const until = Math.min(this.waiting.length, this.next + readersPerTurn)
    while (this.next < until && !this.isOver) {
      const reader = this.waiting[this.next]
      this.next += 1
      reader?.readOn()
    }
    if (this.next < this.waiting.length && this.next < mostPassed) return
    this.waiting = this.waiting.slice(this.next)
    this.next = 0
  }
}
