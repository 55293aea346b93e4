import { BlockList } from 'node:net'
import { canonicalAddress, parseRange } from '../authority/address.ts'
import type { AddressRange } from '../authority/address.ts'
import { parseScope } from '../decisions/stored-decision.ts'
import type { StoredDecision } from '../decisions/stored-decision.ts'

/** True for decisions that a request asks for. */
export type DecisionFilter = (decision: StoredDecision) => boolean

/** Longest list in one parameter. */
const maxListItems = 100

function listOf(parameters: URLSearchParams, name: string): readonly string[] | undefined {
  const value = parameters.get(name)
  if (value === null || value === '') return undefined
  return value.split(',', maxListItems).map((item) => item.trim().toLowerCase())
}

function contains(range: AddressRange, inner: AddressRange): boolean {
  if (range.family !== inner.family || range.prefix > inner.prefix) return false
  const list = new BlockList()
  list.addSubnet(range.address, range.prefix, range.family)
  return list.check(inner.address, inner.family)
}

/** Decisions about an address: on itself or on a range around it. */
function byAddress(text: string): DecisionFilter {
  const asked = parseRange(text)
  return (decision) => {
    if (asked === undefined || (decision.scope !== 'ip' && decision.scope !== 'range')) return false
    const own = parseRange(decision.value)
    return own !== undefined && contains(own, asked)
  }
}

/**
 * The filters of CrowdSec's `GET /v1/decisions` and `/v1/decisions/stream`: `ip`, `range`, `scope`, `scopes`, `value`,
 * `type`, `origins`, `scenarios_containing`, `scenarios_not_containing`. `defaultScopes` hold where none are asked
 * for: a country decision makes a firewall bouncer fail as a whole.
 */
export function decisionFilter(
  parameters: URLSearchParams,
  defaultScopes?: readonly StoredDecision['scope'][],
): DecisionFilter {
  const filters: DecisionFilter[] = []
  const address = parameters.get('ip') ?? parameters.get('range')
  if (address !== null && address !== '') filters.push(byAddress(address))
  const scopes = listOf(parameters, 'scopes') ?? listOf(parameters, 'scope')
  const wanted = scopes?.map(parseScope) ?? defaultScopes
  if (wanted !== undefined) filters.push((decision) => wanted.includes(decision.scope))
  const value = parameters.get('value')
  if (value !== null && value !== '') {
    const canonical = canonicalAddress(value) ?? value
    filters.push((decision) => decision.value === canonical)
  }
  const type = parameters.get('type')
  if (type !== null && type !== '') filters.push((decision) => decision.type === type)
  const origins = listOf(parameters, 'origins')
  if (origins !== undefined) filters.push((decision) => origins.includes(decision.origin.toLowerCase()))
  const having = listOf(parameters, 'scenarios_containing')
  if (having !== undefined)
    filters.push((decision) => having.some((part) => decision.scenario.toLowerCase().includes(part)))
  const without = listOf(parameters, 'scenarios_not_containing')
  if (without !== undefined)
    filters.push((decision) => !without.some((part) => decision.scenario.toLowerCase().includes(part)))
  return (decision) => filters.every((filter) => filter(decision))
}
