import type { Level } from '../alert/level.ts'
import type { AlertGroup, Case, Sample, SeenEntity } from './case.ts'

/** What a person says of an incident. */
export const verdicts = ['true', 'benign', 'noise'] as const
/** One verdict. */
export type VerdictKind = (typeof verdicts)[number]

/** A verdict with who gave it. */
export interface Verdict {
  readonly verdict: VerdictKind
  readonly reason: string
  readonly actor: string
  readonly timeMs: number
  /** Filter that it wrote. */
  readonly filter?: string
}

/** Something that happened to an incident itself. */
export interface IncidentNote {
  readonly timeMs: number
  readonly text: string
}

/** Where an incident stands. */
export type IncidentState = 'open' | 'closed' | 'merged'

/** An incident as it is kept and shown. Alerts go into its case; a campaign stands for many cases of one kind. */
export interface Incident {
  readonly id: string
  readonly openedMs: number
  state: IncidentState
  title: string
  /** What it holds: the sum over its cases. */
  readonly body: Case
  score: number
  /** Cases of a campaign; 1 for a plain incident. */
  cases: number
  readonly isCampaign: boolean
  readonly notes: IncidentNote[]
  verdict?: Verdict
  mergedInto?: string
  /** When a person looked first; what lies between this and the verdict is what it cost. */
  viewedMs?: number
}

/** Most notes of one incident. */
export const maxNotes = 50

/** Adds a note; the oldest but the first goes when there are too many. */
export function addNote(incident: Incident, timeMs: number, text: string): void {
  incident.notes.push({ timeMs, text })
  if (incident.notes.length > maxNotes) incident.notes.splice(1, 1)
}

/** An incident in a list. */
export interface IncidentSummary {
  readonly id: string
  readonly state: IncidentState
  readonly title: string
  readonly level: Level
  readonly score: number
  readonly count: number
  readonly cases: number
  readonly opened: string
  readonly first: string
  readonly last: string
  readonly layers: readonly string[]
  readonly tactics: readonly string[]
  readonly techniques: readonly string[]
  readonly entities: readonly SeenEntity[]
  readonly verdict?: Verdict
  readonly mergedInto?: string
}

/** An incident with everything. */
export interface IncidentDetail extends IncidentSummary {
  readonly groups: readonly AlertGroup[]
  readonly samples: readonly Sample[]
  readonly notes: readonly IncidentNote[]
}

const time = (ms: number): string => new Date(ms).toISOString()

/** The short form; of the entities those that were named most. */
export function summarize(incident: Incident, maxEntities = 8): IncidentSummary {
  const { id, state, title, body, score, cases, openedMs, verdict, mergedInto } = incident
  return {
    id,
    state,
    title,
    level: body.level,
    score,
    count: body.count,
    cases,
    opened: time(openedMs),
    first: time(body.firstMs),
    last: time(body.lastMs),
    layers: [...body.layers],
    tactics: [...body.tactics],
    techniques: [...body.techniques],
    entities: [...body.entities.values()].toSorted((a, b) => b.count - a.count).slice(0, maxEntities),
    ...(verdict === undefined ? {} : { verdict }),
    ...(mergedInto === undefined ? {} : { mergedInto }),
  }
}

/** The long form. */
export function detail(incident: Incident): IncidentDetail {
  return {
    ...summarize(incident, 200),
    groups: [...incident.body.groups.values()].toSorted((a, b) => a.firstMs - b.firstMs),
    samples: incident.body.samples,
    notes: incident.notes,
  }
}
