import type { ChatterBook } from './chatter-book.ts'
import type { SilenceFinding } from './finding.ts'

/** Findings of sources that write less than they are used to. */
export function quietFindings(
  quiet: ReturnType<ChatterBook['tick']>,
  nowMs: number,
): readonly SilenceFinding[] {
  return quiet.map(({ source, quiet: { minutes, expected, observed } }) => ({
    kind: 'chatter',
    part: source.split('/', 1)[0] ?? source,
    agent: source,
    message: `${source} wrote ${observed} events in ${minutes} min where ${expected.toFixed(1)} are usual`,
    sinceMs: nowMs - minutes * 60_000,
  }))
}
