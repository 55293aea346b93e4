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

/** Decisions that are looked at in one piece; others are served between two. */
const lookedAtOnce = 20_000

/**
 * Decisions that a request asks for: found by the store's index for a question about one address or value, which is
 * what a bouncer asks for each request of its clients; else looked for among all, piece by piece.
 */
export async function findDecisions(
  store: DecisionStore,
  parameters: URLSearchParams,
  filter: DecisionFilter,
): Promise<readonly StoredDecision[]> {
  const candidates = decisionCandidates(store, parameters)
  const isInside = insideFilter(parameters)
  const found: StoredDecision[] = []
  for (let at = 0; at < candidates.length; at += lookedAtOnce) {
    if (at > 0) await new Promise(setImmediate)
    for (const decision of candidates.slice(at, at + lookedAtOnce))
      if (filter(decision) && isInside(decision)) found.push(decision)
  }
  return found
}

/** With `contains=false`: decisions inside of the range that is asked about. */
function insideFilter(parameters: URLSearchParams): DecisionFilter {
  const asked = askedRange(parameters)
  if (asked === undefined || parameter(parameters, 'contains') !== 'false') return () => true
  return (decision) => {
    const own = ofAddress(decision)
    return own?.family === asked.family && asked.first <= own.first && own.last <= asked.last
  }
}

function decisionCandidates(store: DecisionStore, parameters: URLSearchParams): readonly StoredDecision[] {
  const asked = askedRange(parameters)
  if (asked !== undefined)
    return parameter(parameters, 'contains') === 'false'
      ? store.active()
      : store.around(asked, rangeText(asked))
  const [scope, value] = [parseScope(parameter(parameters, 'scope') ?? ''), parameter(parameters, 'value')]
  return scope === undefined || value === undefined
    ? store.active()
    : store.at({ scope, value: canonicalValue(scope, value) ?? value })
}

/** Scenarios whose answer is remembered: half a million decisions come of a few scenarios. */
const maxRemembered = 10_000

/** Whether the scenario of a decision contains one of some parts, which are in lower case. */
function containing(parts: readonly string[]): DecisionFilter {
  const known = new Map<string, boolean>()
  return ({ scenario }) => {
    const before = known.get(scenario)
    if (before !== undefined) return before
    const lower = scenario.toLowerCase()
    const is = parts.some((part) => lower.includes(part))
    if (known.size < maxRemembered) known.set(scenario, is)
    return is
  }
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
  if (having !== undefined) filters.push(containing(having))
  const without = listParameter(parameters, 'scenarios_not_containing')
  if (without !== undefined) {
    const isOut = containing(without)
    filters.push((decision) => !isOut(decision))
  }
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
