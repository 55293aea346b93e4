/** Counters that one worker charged, for the others: every 100 ms. */
export interface RateUpdate {
  readonly type: 'rates'
  /** hi, lo, owner of each counter. */
  readonly keys: Uint32Array
  readonly amounts: Float32Array
}

/** A worker asks the primary to charge an exact counter, or to spend a solved challenge. */
export interface GuardQuestion {
  readonly type: 'guard-ask'
  readonly id: number
  readonly hi: number
  readonly lo: number
  readonly owner: number
  readonly emissionMs: number
  readonly windowMs: number
}

/** The primary's answer: milliseconds to wait, 0 when it is allowed. */
export interface GuardTold {
  readonly type: 'guard-told'
  readonly id: number
  readonly waitMs: number
}
