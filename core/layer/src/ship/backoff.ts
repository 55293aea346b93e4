import type { Clock } from '../clock/clock.ts'

/** Shortest and longest wait between two tries, in milliseconds, before jitter. */
export const backoffLimits = { minMs: 100, maxMs: 5000 } as const

/**
 * Waits that grow with the time that a trouble lasts, never with the number of tries, and never end in giving up: a
 * sender with a fixed number of tries loses its place in an outage that is a little longer.
 */
export interface Backoff {
  /** Milliseconds to wait now: half of the time since the first failure, within the limits, times 0.5 to 1.5. */
  next(): number
  /** It worked. */
  reset(): void
}

/** @param random 0 to 1, so that many senders do not come back at the same moment. */
export function createBackoff(clock: Clock, random: () => number): Backoff {
  let since: number | undefined
  return {
    next: () => {
      since ??= clock.monotonicMs()
      const elapsed = clock.monotonicMs() - since
      const base = Math.min(backoffLimits.maxMs, Math.max(backoffLimits.minMs, elapsed / 2))
      return base * (0.5 + random())
    },
    reset: () => void (since = undefined),
  }
}
