import { randomUUID } from 'node:crypto'
import { isAbsolute, relative } from 'node:path'
import type { EventDraft, Finding, TraceStep } from '@sevenfold/event'
import type { Weakness } from './weakness.ts'
import { weaknesses } from './weakness.ts'

const severities = { error: 'high', warning: 'medium', note: 'low' } as const
const maxSteps = 24

/** What a finding's draft is made with. */
export interface FindingSources {
  readonly service: string
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** A place as it is told: below the folder that the application runs in, where it is. */
function shownPlace(place: string): string {
  const [, file = '', rest = ''] = /^(.*?)((?::\d+)*)$/.exec(place) ?? []
  const path = isAbsolute(file) ? relative(process.cwd(), file) : file
  return `${path.startsWith('..') ? file : path}${rest}`
}

function stepsOf({ source, steps = [], sink, place }: Weakness): readonly TraceStep[] {
  const input =
    source === undefined
      ? []
      : [{ step: `${source.kind}${source.name === '' ? '' : ` "${source.name}"`}`, verdict: 'source' }]
  const between = steps
    .slice(0, maxSteps)
    .map(({ operation, place: at }) => ({ step: operation, verdict: 'path', detail: shownPlace(at) }))
  return [...input, ...between, { step: sink, verdict: 'sink', detail: shownPlace(place) }]
}

/** The event of a weakness: its class, where the input came from, its way and its sink. No value of any input is told. */
export function findingDraft(weakness: Weakness, { service, now }: FindingSources): EventDraft {
  const { cwe, text, level } = weaknesses[weakness.name]
  const [method = '', path = ''] = weakness.request.split(' ', 2)
  const place = shownPlace(weakness.place)
  const finding: Finding = {
    control: `iast/${weakness.name}`,
    severity: severities[level],
    status: 'open',
    summary: `${text} (${cwe})`,
    resource: `${weakness.sink}${place === '' ? '' : ` at ${place}`}`,
  }
  return {
    '@timestamp': new Date(now()).toISOString(),
    ecs: { version: '9.0.0' },
    event: {
      id: randomUUID(),
      kind: 'event',
      category: ['vulnerability'],
      type: ['info'],
      action: 'finding-open',
      dataset: 'sevenfold.runtime.finding',
      module: 'sevenfold',
    },
    sevenfold: {
      v: 1,
      kind: 'finding',
      layer: 'runtime',
      lane: 'high',
      site: service,
      finding,
      trace: stepsOf(weakness),
    },
    ...(path === '' ? {} : { url: { path }, http: { request: { method } } }),
  }
}
