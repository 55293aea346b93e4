/** Bytes of large answers that are passed on in one turn of the event loop. */
export const bytesPerTurn = 262_144
/** Connections that go on in each turn when more wait than the bytes of a turn are enough for. */
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
 * request waiting for as long as it takes to copy all that. After some bytes the rest waits for the next turn.
 */
export class ReadingTurn {
  private left = bytesPerTurn
  private armed = false
  private waiting: TurnReader[] = []
  private next = 0

  /** Counts what was read; false when the reader must stop: `readOn` is called in a turn that follows. */
  take(bytes: number, reader: TurnReader): boolean {
    if (!this.armed) {
      this.armed = true
      setImmediate(this.turn)
    }
    this.left -= bytes
    if (this.left > 0) return true
    this.waiting.push(reader)
    return false
  }

  private readonly turn = (): void => {
    this.left = bytesPerTurn
    this.armed = this.waiting.length > 0
    if (!this.armed) return
    setImmediate(this.turn)
    const until = Math.min(this.waiting.length, this.next + readersPerTurn)
    while (this.next < until) {
      const reader = this.waiting[this.next]
      this.next += 1
      reader?.readOn()
    }
    if (this.next < this.waiting.length && this.next < mostPassed) return
    this.waiting = this.waiting.slice(this.next)
    this.next = 0
  }
}
