import type { EventBuilder, EventDraft } from '@sevenfold/event'
import type { FindingKind, SilenceFinding } from './finding.ts'

const severities: Readonly<Record<FindingKind, number>> = {
  dark: 80,
  unreachable: 70,
  muted: 90,
  stalled: 75,
  rewound: 95,
  chatter: 50,
  canary: 80,
  expiry: 50,
  'edge-bypassed': 75,
  'upstream-muted': 70,
  rollback: 99,
  fork: 99,
}

/** The event of a finding that begins (`silence-<kind>`) or is over (`silence-ended`). */
export function findingDraft(
  events: EventBuilder,
  finding: SilenceFinding,
  change: 'raised' | 'ended',
): EventDraft {
  const { kind, part, agent, message, days } = finding
  const draft =
    change === 'raised'
      ? events.notice(`silence-${kind}`, message, severities[kind])
      : events.notice('silence-ended', `over: ${message}`, 20)
  const labels = {
    part,
    finding: kind,
    ...(agent === undefined ? {} : { agent }),
    ...(days === undefined ? {} : { days: String(days) }),
  }
  return { ...draft, labels }
}
