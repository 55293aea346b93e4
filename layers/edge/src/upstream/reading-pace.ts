/** Something that reads and can be asked to stop for a slice. */
export interface TurnReader {
  /** Its turn has come: read on. */
  readOn(): void
}

/** How fast readers go on. Times in milliseconds. */
export interface Pace {
  /** Time of one slice. */
  readonly sliceMs: number
  /** Connections that go on in one slice: what the first of them leaves of its time is for the others. */
  readonly readers: number
  /** Rest after each slice that was used up while requests wait; 0 for none. */
  readonly restMs: number
}

/** Answers that come in full buffers: half a millisecond of each turn of the event loop. */
export const usualPace: Pace = { sliceMs: 0.5, readers: 8, restMs: 0 }
/**
 * Answers that are large, or whose path gave large ones: a tenth of the time while requests wait. One at a time: it reads
 * only in the turn that follows, and what it takes is known only then.
 */
export const slowPace: Pace = { sliceMs: 0.5, readers: 1, restMs: 4 }
/**
 * A piece costs so many times what it takes to hand it on: the system call that read it was over before the clock was
 * looked at.
 */
export const readingFactor = 2
/** Slices that can be owed at most; what is owed beyond them is forgiven, so that no answer hangs. */
export const mostOwed = 20
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
 * Shares the time of one process between large answers and everything else. Node reads from a connection as long as there
 * is something to read, up to a megabyte, and a kernel takes megabytes for a client that reads nothing, as fast as they
 * are copied; a hundred such answers keep the event loop busy for seconds, and every small request behind them. So they
 * move in slices, a few connections in each, one after the other. With a pace that rests, a slice that was used up is
 * followed by a rest while requests wait because so many large answers are under way.
 */
export class ReadingPace {
  private readonly pace: Pace
  private readonly surroundings: PaceSurroundings
  private left: number
  private armed = false
  private crowdedAt = Number.NEGATIVE_INFINITY
  private waiting: TurnReader[] = []
  private next = 0

  constructor(pace: Pace, surroundings: PaceSurroundings = realSurroundings) {
    this.pace = pace
    this.surroundings = surroundings
    this.left = pace.sliceMs
  }

  /** True when the time of this slice is used up: whoever wants to read on has to wait. */
  get isOver(): boolean {
    return this.left <= 0
  }

  /** A request waits for a connection to its service. */
  crowded(): void {
    this.crowdedAt = this.surroundings.monotonicMs()
  }

  /** Counts a piece. @param ms time that it took to hand it on. */
  spend(ms: number): void {
    this.left = Math.max(this.left - ms * readingFactor, -mostOwed * this.pace.sliceMs)
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
    const { soon, after } = this.surroundings
    if (this.isOver && this.rests) after(this.pace.restMs, this.rested)
    else soon(this.slice)
  }

  private get rests(): boolean {
    return this.pace.restMs > 0 && this.surroundings.monotonicMs() - this.crowdedAt < crowdedMs
  }

  /** Pieces take as long as they take, and the first of an answer comes when it comes: what was too much is owed. */
  private readonly rested = (): void => {
    this.left = Math.min(0, this.left) + this.pace.sliceMs
    this.slice()
  }

  private readonly slice = (): void => {
    this.armed = false
    if (!this.rests) this.left = this.pace.sliceMs
    const until = Math.min(this.waiting.length, this.next + this.pace.readers)
    while (this.next < until && !this.isOver) {
      const reader = this.waiting[this.next]
      this.next += 1
      reader?.readOn()
    }
    if (this.next >= this.waiting.length || this.next >= mostPassed) {
      this.waiting = this.waiting.slice(this.next)
      this.next = 0
    }
    if (this.waiting.length > this.next || this.isOver) this.arm()
  }
}

const realSurroundings: PaceSurroundings = {
  monotonicMs: () => performance.now(),
  soon: (run) => void setImmediate(run),
  after: (ms, run) => void setTimeout(run, ms),
}

// One of each for the process: all services share its event loop.
/** Pace of answers that come in full buffers. */
export const usualReading: ReadingPace = new ReadingPace(usualPace)
/** Pace of bulk. */
export const bulkReading: ReadingPace = new ReadingPace(slowPace)
