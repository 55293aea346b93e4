import type { JsonObject } from '@sevenfold/event'
import { AlertsError } from '../alerts-error.ts'
import type { AlertsService } from '../alerts-service.ts'
import { requiredText } from '../api/api.ts'
import { leadingRule } from '../incident/case.ts'
import { detail, verdicts } from '../incident/incident.ts'
import type { Incident, VerdictKind } from '../incident/incident.ts'
import { compileRules } from '../rules/rule-set.ts'
import { backTest } from './back-test.ts'
import type { RuleHits } from './back-test.ts'
import { filterDurations, filterScopes, writeFilter } from './filter-document.ts'
import type { FilterDocument, FilterScope } from './filter-document.ts'

/** How far back a filter is tried, and how long that may take, in milliseconds. */
export const previewLimits: { readonly backMs: number; readonly mayTakeMs: number } = {
  backMs: 7 * 86_400_000,
  mayTakeMs: 10_000,
}

/** What a filter would have hidden in the last week. */
export interface FilterPreview {
  readonly events: number
  readonly hidden: number
  readonly kept: number
  readonly samples: RuleHits['samples']
  /** False when the time was not enough for the whole week. */
  readonly complete: boolean
}

interface Asked {
  readonly verdict: VerdictKind
  readonly reason: string
  readonly actor: string
  readonly scope: FilterScope
  readonly durationMs: number
  readonly isDryRun: boolean
}

function read(body: JsonObject): Asked {
  const verdict = verdicts.find((kind) => kind === body['verdict'])
  if (verdict === undefined)
    throw new AlertsError('ALERTS_BAD_REQUEST', `verdict is one of ${verdicts.join(', ')}`)
  const scope = filterScopes.find(
    (one) => one === (body['scope'] ?? (verdict === 'noise' ? 'rule' : 'entity')),
  )
  if (scope === undefined)
    throw new AlertsError('ALERTS_BAD_REQUEST', `scope is one of ${filterScopes.join(', ')}`)
  const durationMs = body['durationMs'] ?? filterDurations.usualMs
  if (typeof durationMs !== 'number' || !(durationMs > 0) || durationMs > filterDurations.longestMs)
    throw new AlertsError('ALERTS_BAD_REQUEST', 'durationMs must be above 0 and at most 365 days')
  return {
    verdict,
    reason: requiredText(body, 'reason', 500),
    actor: requiredText(body, 'actor', 128),
    scope,
    durationMs,
    isDryRun: body['dryRun'] === true,
  }
}

function filterFor(service: AlertsService, incident: Incident, asked: Asked): FilterDocument {
  const rule = leadingRule(incident.body)
  const { rules } = service.judge
  const [first = '', ...others] = rule === undefined ? [] : rules.baseRules(rule.id)
  const logsource = rules.logsource(first)
  if (rule === undefined || logsource === undefined || asked.verdict === 'true')
    throw new AlertsError('ALERTS_REFUSED', 'the rule of this incident is not loaded any more')
  const nowMs = service.context.clock.now()
  return writeFilter({
    incident: incident.id,
    ruleIds: [first, ...others],
    ruleTitle: rule.title,
    // The rules below a correlation may be of several log sources: then the filter holds for all of them.
    logsource: others.length === 0 ? logsource : {},
    entities: [...incident.body.entities.values()],
    scope: asked.scope,
    verdict: asked.verdict,
    reason: asked.reason,
    actor: asked.actor,
    nowMs,
    untilMs: nowMs + asked.durationMs,
  })
}

/** Runs the rules of a filter over the last week with and without it. */
export async function previewFilter(service: AlertsService, filter: FilterDocument): Promise<FilterPreview> {
  const nowMs = service.context.clock.now()
  const { rules: ids } = filter.document['filter'] as { rules: readonly string[] }
  const documents = service.documents.documents.filter(({ value }) =>
    ids.includes(String((value as Readonly<Record<string, unknown>>)['id'])),
  )
  const bare = { ...service.documents, documents, problems: [] }
  const signal = AbortSignal.timeout(previewLimits.mayTakeMs)
  const options = {
    segments: service.segments,
    fromMs: nowMs - previewLimits.backMs,
    signal,
    maxSamples: 500,
  }
  const without = await backTest({ ...options, rules: compileRules(bare, []) })
  const source = { source: filter.id, value: filter.document }
  const withIt = await backTest({ ...options, rules: compileRules(bare, [source]) })
  const kept = new Set(withIt.hits.flatMap(({ samples }) => samples.map(({ eventId }) => eventId)))
  const sum = (hits: readonly RuleHits[]): number => hits.reduce((total, { count }) => total + count, 0)
  return {
    events: without.events,
    hidden: sum(without.hits) - sum(withIt.hits),
    kept: sum(withIt.hits),
    samples: without.hits
      .flatMap(({ samples }) => samples.filter(({ eventId }) => !kept.has(eventId)))
      .slice(0, 10),
    complete: without.complete && withIt.complete,
  }
}

/**
 * Takes a person's verdict. `benign` and `noise` write a filter with an end, after showing what it would have hidden;
 * with `dryRun` nothing is written.
 */
export async function giveVerdict(
  service: AlertsService,
  incident: Incident,
  body: JsonObject,
): Promise<unknown> {
  const asked = read(body)
  const filter = asked.verdict === 'true' ? undefined : filterFor(service, incident, asked)
  const preview = filter === undefined ? undefined : await previewFilter(service, filter)
  const shown = {
    ...(filter === undefined ? {} : { filter: filter.document }),
    ...(preview === undefined ? {} : { preview }),
  }
  if (asked.isDryRun) return { dryRun: true, ...shown }
  if (filter !== undefined) {
    service.filters.add(filter)
    service.recompile()
  }
  write(service, incident, { asked, filter })
  return { incident: detail(incident), ...shown }
}

function write(
  service: AlertsService,
  incident: Incident,
  { asked, filter }: { asked: Asked; filter: FilterDocument | undefined },
): void {
  const { clock, events } = service.context
  const { verdict, reason, actor } = asked
  const timeMs = clock.now()
  service.book.judge(incident, {
    verdict,
    reason,
    actor,
    timeMs,
    ...(filter === undefined ? {} : { filter: filter.id }),
  })
  const rule = leadingRule(incident.body)
  const minutes = incident.viewedMs === undefined ? 0 : (timeMs - incident.viewedMs) / 60_000
  if (rule !== undefined) service.load.verdict(rule, verdict, { timeMs, minutes })
  delete incident.viewedMs
  service.emit(events.admin({ op: 'verdict', actor, to: `${incident.id} ${verdict}`, reason }, 'success'), {
    incident: incident.id,
    ...(filter === undefined ? {} : { filter: filter.id }),
  })
  service.saveSoon()
}

/** Closes an incident without a verdict, or opens it again. */
export function setIncidentState(
  service: AlertsService,
  incident: Incident,
  change: { state: 'open' | 'closed'; actor: string; reason: string },
): unknown {
  const { clock, events } = service.context
  const { state, actor, reason } = change
  if (incident.state === 'merged')
    throw new AlertsError('ALERTS_CONFLICT', `${incident.id} was merged into ${incident.mergedInto ?? ''}`)
  service.book.setState(incident, state, { timeMs: clock.now(), text: `${actor}: ${state}: ${reason}` })
  const op = state === 'open' ? 'incident-reopen' : 'incident-close'
  service.emit(events.admin({ op, actor, to: incident.id, reason }, 'success'), { incident: incident.id })
  service.saveSoon()
  return detail(incident)
}
