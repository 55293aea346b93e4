import { CountMin } from '../rate/count-min.ts'
import type { RateKey } from '../rate/rate-key.ts'

/** Periods with good requests from which a client is known. */
export const goodPeriods = 5
/** Length of a period, milliseconds. */
export const periodMs = 60_000
const width = 65_536
const periodsToDecay = 360

/**
 * Which clients have been good for long, in 2 MB whatever their number: counted are not requests but minutes with good
 * ones, so that a flood earns nothing by being many.
 */
export class Reputation {
  private readonly history = new CountMin(width)
  private now = new CountMin(width)
  private readonly length: number
  private since = 0
  private periods = 0

  constructor(lengthMs: number = periodMs) {
    this.length = lengthMs
  }

  get bytes(): number {
    return this.history.bytes + this.now.bytes
  }

  /** A request of the client ended well. */
  good(key: RateKey, nowMs: number): void {
    if (nowMs - this.since >= this.length) this.turn(nowMs)
    if (this.now.count(key) > 0) return
    this.now.add(key)
    this.history.add(key)
  }

  isKnown(key: RateKey): boolean {
    return this.history.count(key) >= goodPeriods
  }

  private turn(nowMs: number): void {
    this.since = nowMs
    this.now.clear()
    this.periods += 1
    if (this.periods % periodsToDecay === 0) this.history.decay()
  }
}
