/**
 * Memory that the lazy automata of many patterns share. When it is used up, all of them start afresh: the epoch
 * changes, and each empties its states at its next call. So hostile inputs cost time to rebuild, never memory.
 */
export class CacheBudget {
  /** Most bytes all automata together may hold. */
  readonly limitBytes: number
  /** Bytes reserved since the epoch began. */
  usedBytes = 0
  /** Changes whenever everything is emptied. */
  epoch = 0

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes
  }

  /** Counts bytes in; starts a new epoch first when they do not fit. */
  reserve(bytes: number): void {
    if (this.usedBytes + bytes > this.limitBytes) {
      this.epoch += 1
      this.usedBytes = 0
    }
    this.usedBytes += bytes
  }
}
