import { canaryMaxAgeSeconds } from '@sevenfold/event'
import type { CanaryResult } from '@sevenfold/event'

/** What a part's last canary says now: `none` before the first one. */
export type CanaryState = 'ok' | 'failed' | 'stale' | 'none'

/** Judges a canary result at `nowMs`: a result older than `canaryMaxAgeSeconds` counts as failed (`stale`). */
export function canaryState(result: CanaryResult | undefined, nowMs: number): CanaryState {
  if (result === undefined) return 'none'
  if (!result.ok) return 'failed'
  const age = nowMs - Date.parse(result.time)
  // A time far in the future would never grow old; a small step ahead is the other host's clock.
  return age > canaryMaxAgeSeconds * 1000 || age < -canaryMaxAgeSeconds * 1000 ? 'stale' : 'ok'
}
