/** State of a limiter: tokens there were at a moment. */
export interface LimiterState {
  tokens: number
  lastMs: number
}

/**
 * Takes a token at `nowMs`; false when there is none. As Go's rate limiter, on which the hub's numbers were tuned: less
 * than a nanosecond's worth of a token may be missing, and time that runs backwards moves the clock without a gain.
 */
export function takeToken(
  state: LimiterState,
  shape: { readonly capacity: number; readonly leakSpeedMs: number },
  nowMs: number,
): boolean {
  const elapsed = Math.max(0, nowMs - state.lastMs)
  const tokens = Math.min(shape.capacity, state.tokens + elapsed / shape.leakSpeedMs) - 1
  state.lastMs = nowMs
  // In whole nanoseconds, as Go counts the time until the token would be there.
  if (tokens < 0 && Math.trunc(-tokens * shape.leakSpeedMs * 1e6) > 0) return false
  state.tokens = tokens
  return true
}
