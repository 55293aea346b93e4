import type { MatchReport } from '@sevenfold/event'

/** The rule that a block is named after: the last disruptive one, else the last that matched. */
export function mainRule(report: MatchReport | null): string {
  const matches = report?.matches ?? []
  // Anomaly scoring: the disruptive rule only compares the score; what scored most recently before it says why.
  const scored = matches.findLast((match) => !match.disruptive && match.severity !== null)
  return (scored ?? matches.at(-1))?.ruleId ?? 'unknown'
}

/** The message of that rule. */
export function mainMessage(report: MatchReport | null): string {
  const rule = mainRule(report)
  return report?.matches.find((match) => match.ruleId === rule)?.message ?? ''
}
