import type { Level } from '../alert/level.ts'

const points: Readonly<Record<Level, number>> = {
  informational: 1,
  low: 2,
  medium: 5,
  high: 20,
  critical: 60,
}

/** From this score on a case is an incident for people; below it is counted and kept quiet. */
export const incidentScore = 15

/** What a score is made of. */
export interface Scored {
  readonly level: Level
  /** Distinct layers that saw it. */
  readonly layers: number
  /** Distinct ATT&CK tactics. */
  readonly tactics: number
}

/**
 * How much a case is worth a person's time: the gravest level, times half as much again for every further layer that saw
 * it, times three tenths for every further tactic. One grave alert is enough; mild ones count when independent layers
 * agree or when they are several steps of one attack.
 */
export function scoreOf({ level, layers, tactics }: Scored): number {
  const factor = (1 + 0.5 * Math.max(0, layers - 1)) * (1 + 0.3 * Math.max(0, tactics - 1))
  return Math.round(points[level] * factor * 10) / 10
}
