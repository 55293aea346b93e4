import { parseRange } from '../authority/address.ts'
import { numberRange, rangeText } from '../authority/address-number.ts'
import type { NumberRange } from '../authority/address-number.ts'
import { DetectionError } from '../detection-error.ts'
import type { DecisionStore } from '../decisions/decision-store.ts'
import { canonicalValue } from '../decisions/canonical-value.ts'
import { parseScope } from '../decisions/stored-decision.ts'
import type { StoredDecision } from '../decisions/stored-decision.ts'

/** True for decisions that a request asks for. */
export type DecisionFilter = (decision: StoredDecision) => boolean

/** Longest list in one parameter. */
export const maxListItems = 100

function bad(message: string): never {
  throw new DetectionError('DETECTION_BAD_FILTER', message)
}

/** One parameter; undefined when it is absent or empty. */
export function parameter(parameters: URLSearchParams, name: string): string | undefined {
  const value = parameters.get(name)
  return value === null || value === '' ? undefined : value
}

/** A parameter with several values and commas between them, in lower case. Throws `DETECTION_BAD_FILTER` for too many. */
export function listParameter(parameters: URLSearchParams, name: string): readonly string[] | undefined {
  const items = parameter(parameters, name)?.split(',', maxListItems + 1)
  if (items !== undefined && items.length > maxListItems) bad(`${name} has at most ${maxListItems} values`)
  return items?.map((item) => item.trim().toLowerCase())
}

/** The address or range that a request asks about. Throws `DETECTION_BAD_FILTER` for one that is none. */
export function askedRange(parameters: URLSearchParams): NumberRange | undefined {
  const text = parameter(parameters, 'ip') ?? parameter(parameters, 'range')
  if (text === undefined) return undefined
  const range = parseRange(text)
  return range === undefined
    ? bad(`${JSON.stringify(text.slice(0, 64))} is neither an address nor a range`)
    : numberRange(range)
}

function ofAddress(decision: StoredDecision): NumberRange | undefined {
  if (decision.scope !== 'ip' && decision.scope !== 'range') return undefined
  const range = parseRange(decision.value)
  return range === undefined ? undefined : numberRange(range)
}

/**
 * Decisions among which those that a request asks for are found: everything, or for a question about one address or
 * value only what the store's index gives, which is what a bouncer asks for each request of its clients.
 */
export function decisionCandidates(
  store: DecisionStore,
  parameters: URLSearchParams,
): readonly StoredDecision[] {
  const asked = askedRange(parameters)
  if (asked !== undefined) {
    if (parameter(parameters, 'contains') !== 'false') return store.around(asked, rangeText(asked))
    return store.active().filter((decision) => {
      const own = ofAddress(decision)
      return own?.family === asked.family && asked.first <= own.first && own.last <= asked.last
    })
  }
  const [scope, value] = [parseScope(parameter(parameters, 'scope') ?? ''), parameter(parameters, 'value')]
  return scope === undefined || value === undefined
    ? store.active()
    : store.at({ scope, value: canonicalValue(scope, value) ?? value })
}

/**
 * The filters of CrowdSec's `GET /v1/decisions` and `/v1/decisions/stream` but for `ip` and `range`: `scope`, `scopes`,
 * `value`, `type`, `origins`, `scenario`, `scenarios_containing`, `scenarios_not_containing`. `defaultScopes` hold
 * where none are asked for: a country decision makes a firewall bouncer fail as a whole. Throws `DETECTION_BAD_FILTER`.
 */
export function decisionFilter(
  parameters: URLSearchParams,
  defaultScopes?: readonly StoredDecision['scope'][],
): DecisionFilter {
  const filters: DecisionFilter[] = []
  const scopes = listParameter(parameters, 'scopes') ?? listParameter(parameters, 'scope')
  const wanted = scopes?.map(parseScope) ?? defaultScopes
  if (wanted !== undefined) filters.push((decision) => wanted.includes(decision.scope))
  const value = parameter(parameters, 'value')
  if (value !== undefined)
    filters.push((decision) => decision.value === (canonicalValue(decision.scope, value) ?? value))
  const type = parameter(parameters, 'type')
  if (type !== undefined) filters.push((decision) => decision.type === type)
  const scenario = parameter(parameters, 'scenario')
  if (scenario !== undefined) filters.push((decision) => decision.scenario === scenario)
  const origins = listParameter(parameters, 'origins')
  if (origins !== undefined) filters.push((decision) => origins.includes(decision.origin.toLowerCase()))
  const having = listParameter(parameters, 'scenarios_containing')
  if (having !== undefined)
    filters.push((decision) => having.some((part) => decision.scenario.toLowerCase().includes(part)))
  const without = listParameter(parameters, 'scenarios_not_containing')
  if (without !== undefined)
    filters.push((decision) => !without.some((part) => decision.scenario.toLowerCase().includes(part)))
  return (decision) => filters.every((filter) => filter(decision))
}

/**
 * The page that `limit` and `after` ask for: decisions with higher numbers than `after`, oldest first. All of them
 * where neither is given. Throws `DETECTION_BAD_FILTER` for what is no whole number.
 */
export function decisionPage(
  found: readonly StoredDecision[],
  parameters: URLSearchParams,
): readonly StoredDecision[] {
  const [limit, after] = ['limit', 'after'].map((name) => {
    const text = parameter(parameters, name)
    return text === undefined || /^\d{1,15}$/.test(text) ? text : bad(`${name} is a whole number`)
  })
  const rest = after === undefined ? found : found.filter(({ id }) => id > Number(after))
  return limit === undefined ? rest : rest.slice(0, Number(limit))
}
