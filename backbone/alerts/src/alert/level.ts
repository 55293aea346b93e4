/** Levels of Sigma rules, the mildest first. */
export const levels = ['informational', 'low', 'medium', 'high', 'critical'] as const

/** One level. */
export type Level = (typeof levels)[number]

/** The level of a rule; one without a level, or with an unknown one, counts as medium. */
export function levelOf(text: string | undefined): Level {
  return levels.find((level) => level === text) ?? 'medium'
}

/** The graver of two. */
export function graver(a: Level, b: Level): Level {
  return levels.indexOf(a) >= levels.indexOf(b) ? a : b
}

/** ECS `event.severity` of a level. */
export const severityOf: Readonly<Record<Level, number>> = {
  informational: 10,
  low: 30,
  medium: 50,
  high: 75,
  critical: 95,
}
