import type { TurnReader } from './reading-turn.ts'

/** Time for bulk in one slice, milliseconds. */
export const bulkSliceMs = 0.4
/** Connections that go on in one slice: what the first of them leaves of its time is for the others. */
export const readersPerSlice = 3
/** Rest after each slice while requests wait, milliseconds: bulk takes about a quarter of the time then. */
export const bulkRestMs = 2
/**
 * Requests count as waiting for so long after one was seen waiting, milliseconds; twice as long as between two looks. Not
 * longer: answers that move slowly stall late, and only a stall tells who does not read.
 */
export const crowdedMs = 1000
/** Entries of the queue that may lie behind its head before it is copied. */
const mostPassed = 1024

/** What the pace needs of its surroundings. */
export interface PaceSurroundings {
  readonly monotonicMs: () => number
  /** Runs something in the next turn of the event loop. */
  readonly soon: (run: () => void) => void
  readonly after: (ms: number, run: () => void) => void
}

/**
 * The pace of bulk: of answers that are large, or whose path gave large ones. A kernel takes megabytes for a client that
 * reads nothing, as fast as they are copied; a hundred such answers keep the event loop busy for seconds, and every small
 * request behind them. So bulk moves in slices, a few connections in each, one after the other. While
 * requests wait because so many large answers are under way, each slice is followed by a rest; else there is none.
 */
export class BulkPace {
  private readonly surroundings: PaceSurroundings
  private left: number = bulkSliceMs
  private armed = false
  private crowdedAt = Number.NEGATIVE_INFINITY
  private waiting: TurnReader[] = []
  private next = 0

  constructor(surroundings: PaceSurroundings = realSurroundings) {
    this.surroundings = surroundings
  }

  /** True when the time of this slice is used up: whoever wants to read on has to wait. */
  get isOver(): boolean {
    return this.left <= 0
  }

  /** A request waits for a connection to its service. */
  crowded(): void {
    this.crowdedAt = this.surroundings.monotonicMs()
  }

  /** Counts the time that was spent with a piece. */
  spend(ms: number): void {
    this.left -= ms
    this.arm()
  }

  /** Calls `readOn` in a slice that follows. */
  wait(reader: TurnReader): void {
    this.waiting.push(reader)
    this.arm()
  }

  private arm(): void {
    if (this.armed) return
    this.armed = true
    const { monotonicMs, soon, after } = this.surroundings
    if (monotonicMs() - this.crowdedAt < crowdedMs) after(bulkRestMs, this.slice)
    else soon(this.slice)
  }

  private readonly slice = (): void => {
    this.armed = false
    this.left = bulkSliceMs
    const until = Math.min(this.waiting.length, this.next + readersPerSlice)
    while (this.next < until && !this.isOver) {
      const reader = this.waiting[this.next]
      this.next += 1
      reader?.readOn()
    }
    if (this.next >= this.waiting.length || this.next >= mostPassed) {
      this.waiting = this.waiting.slice(this.next)
      this.next = 0
    }
    if (this.waiting.length > this.next) this.arm()
  }
}

const realSurroundings: PaceSurroundings = {
  monotonicMs: () => performance.now(),
  soon: (run) => void setImmediate(run),
  after: (ms, run) => void setTimeout(run, ms),
}

/** One for the process: all services share its event loop. */
export const bulkPace: BulkPace = new BulkPace()
