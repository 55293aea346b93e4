import type { ShownEvent } from './event.ts'

/** A step on the way of an input: `source`, `path`, `sink`. */
export interface FindingStep {
  readonly step: string
  readonly verdict: string
  readonly detail?: string
}

/** One finding, however often it was told. */
export interface ShownFinding {
  readonly key: string
  readonly control: string
  readonly severity: string
  readonly summary: string
  readonly resource: string
  readonly site: string
  /** `GET /path` of a request that showed it; empty for findings without one. */
  readonly request: string
  readonly steps: readonly FindingStep[]
  readonly last: string
  readonly count: number
}

const order = ['critical', 'high', 'medium', 'low', 'info']

function read(event: ShownEvent): ShownFinding | undefined {
  const finding = event.sevenfold?.finding
  if (finding === undefined) return undefined
  const { control = '', severity = 'info', summary = '', resource = '' } = finding
  const site = event.sevenfold?.site ?? ''
  const steps = event.sevenfold?.trace ?? []
  const source = steps.find(({ verdict }) => verdict === 'source')?.step ?? ''
  return {
    key: [control, site, resource, source].join('\n'),
    control,
    severity,
    summary,
    resource,
    site,
    request: [event.http?.request?.method, event.url?.path].filter(Boolean).join(' '),
    steps,
    last: event['@timestamp'] ?? '',
    count: 1,
  }
}

/** Findings in events, each once, the gravest first and then the newest. */
export function findingsIn(events: readonly ShownEvent[]): readonly ShownFinding[] {
  const known = new Map<string, ShownFinding>()
  for (const event of events) {
    const one = read(event)
    if (one === undefined) continue
    const before = known.get(one.key)
    const newest = before === undefined || one.last >= before.last ? one : before
    known.set(one.key, { ...newest, count: (before?.count ?? 0) + 1 })
  }
  const rank = ({ severity }: ShownFinding): number => {
    const at = order.indexOf(severity)
    return at < 0 ? order.length : at
  }
  return [...known.values()].toSorted((a, b) => rank(a) - rank(b) || (a.last < b.last ? 1 : -1))
}
