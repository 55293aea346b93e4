/** Window in which control frames and given-up requests are counted, milliseconds. */
export const guardWindowMs = 10_000

/** Counts events of one connection in windows; tells when a limit is passed. */
export class FrameGuard {
  private readonly limit: number
  private windowStart = 0
  private count = 0

  constructor(limit: number) {
    this.limit = limit
  }

  /** Counts one; true when there were more than `limit` in the window. */
  take(now: number): boolean {
    if (now - this.windowStart >= guardWindowMs) {
      this.windowStart = now
      this.count = 0
    }
    this.count += 1
    return this.count > this.limit
  }
}
