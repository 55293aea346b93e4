import type { EventDraft } from '@sevenfold/event'
import { isFoldable, isProtected } from './fold.ts'

/**
 * How full the high lane is: `normal`; `pressed`: sources of one rule and site fold together and first sights go to
 * the low lane; `full`: events that someone outside can cause at will are lost (and declared), so that they cannot
 * displace what is already kept; `closed`: everything new is lost.
 */
export type Pressure = 'normal' | 'pressed' | 'full' | 'closed'

/** @param disk share of the high lane's budget in use; @param memory share of its memory in use. */
export function pressureOf(disk: number, memory: number): Pressure {
  if (disk >= 1.25 || memory >= 1) return 'closed'
  if (disk >= 1 || memory >= 0.75) return 'full'
  return disk >= 0.5 || memory >= 0.25 ? 'pressed' : 'normal'
}

/** True when a draft still gets in. */
export function admits(pressure: Pressure, draft: EventDraft): boolean {
  if (pressure === 'closed') return false
  return pressure !== 'full' || !isFoldable(draft) || isProtected(draft)
}
