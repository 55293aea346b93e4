import type { MatchReport, RuleMatch } from '@sevenfold/event'

/**
 * The match that a block is named after: the gravest one, the first of equals. With anomaly scoring the disruptive
 * rule only compares the score; it names the block only when nothing else matched. Severity 0 is the gravest.
 */
export function mainMatch(report: MatchReport | null): RuleMatch | null {
  let best: RuleMatch | null = null
  for (const match of report?.matches ?? []) {
    if (match.disruptive || match.severity === null) continue
    if (best === null || match.severity < (best.severity ?? 0)) best = match
  }
  return best ?? report?.matches.at(-1) ?? null
}
