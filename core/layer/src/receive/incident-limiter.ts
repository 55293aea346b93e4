import type { Clock } from '../clock/clock.ts'
import type { Incident } from './receiver-types.ts'

/** Reports of one kind about one writer within a minute; more are only counted. */
export const maxReportsPerMinute = 20
const windowMs = 60_000
const maxKeys = 1000

/**
 * Bounds what a stranger can make a receiver report: every refused request would else become an event.
 * @returns whether an incident is told.
 */
export function createIncidentLimiter(clock: Clock): (incident: Incident) => boolean {
  const windows = new Map<string, { readonly startedMs: number; told: number }>()
  return ({ kind, agent }) => {
    const key = `${kind} ${agent}`
    const now = clock.monotonicMs()
    let window = windows.get(key)
    if (window === undefined || now - window.startedMs >= windowMs) {
      if (windows.size >= maxKeys) windows.clear()
      window = { startedMs: now, told: 0 }
      windows.set(key, window)
    }
    window.told += 1
    return window.told <= maxReportsPerMinute
  }
}
