import { parameter, askedRange } from '../api/decision-filter.ts'
import { parseRange } from '../authority/address.ts'
import { numberRange } from '../authority/address-number.ts'
import { DetectionError } from '../detection-error.ts'
import type { DecisionStore } from '../decisions/decision-store.ts'
import { parseGoDuration } from '../decisions/go-duration.ts'
import type { StoredAlert } from './alert.ts'

/** True for alerts that a request asks for. */
export type AlertFilter = (alert: StoredAlert) => boolean

/** Most alerts in one answer. */
export const maxAlertsInAnswer = 5_000

function bad(message: string): never {
  throw new DetectionError('DETECTION_BAD_FILTER', message)
}

/** A moment: `since=2h` counts back from now, an ISO 8601 time stands for itself. */
function moment(parameters: URLSearchParams, name: string, nowMs: number): number | undefined {
  const text = parameter(parameters, name)
  if (text === undefined) return undefined
  const ago = parseGoDuration(text)
  const time = ago === undefined ? Date.parse(text) : nowMs - ago
  return Number.isNaN(time) ? bad(`${name} is a duration such as 24h, or an ISO 8601 time`) : time
}

function byAddress(parameters: URLSearchParams): AlertFilter | undefined {
  const asked = askedRange(parameters)
  if (asked === undefined) return undefined
  const isContained = parameter(parameters, 'contains') !== 'false'
  return ({ source }) => {
    const parsed = parseRange(source.range ?? source.ip ?? source.value)
    if (parsed === undefined) return false
    const own = numberRange(parsed)
    const [outer, inner] = isContained ? [own, asked] : [asked, own]
    return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last
  }
}

function byDecision(parameters: URLSearchParams, store: DecisionStore): AlertFilter[] {
  const filters: AlertFilter[] = []
  const active = parameter(parameters, 'has_active_decision')
  if (active !== undefined)
    filters.push(
      (alert) => alert.decisionIds.some((id) => store.get(id) !== undefined) === (active === 'true'),
    )
  const type = parameter(parameters, 'decision_type')
  if (type !== undefined)
    filters.push((alert) => alert.decisionIds.some((id) => store.get(id)?.type === type))
  const origin = parameter(parameters, 'origin')
  if (origin !== undefined)
    filters.push((alert) => alert.decisionIds.some((id) => store.get(id)?.origin === origin))
  return filters
}

/**
 * The filters of CrowdSec's `/v1/alerts`: `scope`, `value`, `scenario`, `kind`, `ip`, `range`, `contains`, `since`,
 * `until`, `created_before`, `simulated`, `has_active_decision`, `decision_type`, `origin`, `alert_source`.
 * Throws `DETECTION_BAD_FILTER`.
 */
export function alertFilter(parameters: URLSearchParams, store: DecisionStore, nowMs: number): AlertFilter {
  const filters: AlertFilter[] = byDecision(parameters, store)
  const address = byAddress(parameters)
  if (address !== undefined) filters.push(address)
  const exact = (name: string, of: (alert: StoredAlert) => string): void => {
    const wanted = parameter(parameters, name)?.toLowerCase()
    if (wanted !== undefined) filters.push((alert) => of(alert).toLowerCase() === wanted)
  }
  exact('scope', ({ source }) => source.scope)
  exact('value', ({ source }) => source.value)
  exact('scenario', ({ scenario }) => scenario)
  exact('kind', ({ kind }) => kind)
  exact('alert_source', ({ machine_id }) => machine_id)
  if (parameter(parameters, 'simulated') === 'false') filters.push(({ simulated }) => !simulated)
  const since = moment(parameters, 'since', nowMs)
  if (since !== undefined) filters.push(({ created_at }) => Date.parse(created_at) >= since)
  const until = moment(parameters, 'until', nowMs) ?? moment(parameters, 'created_before', nowMs)
  if (until !== undefined) filters.push(({ created_at }) => Date.parse(created_at) <= until)
  return (alert) => filters.every((filter) => filter(alert))
}

/** How many alerts are asked for; 0 stands for as many as there may be. Throws `DETECTION_BAD_FILTER`. */
export function askedLimit(parameters: URLSearchParams): number {
  const text = parameter(parameters, 'limit') ?? '100'
  if (!/^\d{1,9}$/.test(text)) return bad('limit is a whole number')
  const limit = Number(text)
  return limit === 0 ? maxAlertsInAnswer : Math.min(limit, maxAlertsInAnswer)
}
