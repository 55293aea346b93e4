import { Fault } from '../expr/runtime/fault.ts'
import { anyType, boolType, durationType, intType, mapOf, stringType } from '../expr/type.ts'
import { parseGoDuration } from './go-duration.ts'

import type { FunctionSpec } from '../expr/function-spec.ts'
import type { ExprType } from '../expr/type.ts'
import type { Facilities } from './facilities.ts'

const reads = (
  parameters: readonly ExprType[],
  result: ExprType,
  call: FunctionSpec['call'],
): FunctionSpec => ({ parameters, result, pure: true, call })

/** Helpers that ask the stash, the decisions, geo data, the outside world or another engine. */
export function stateHelpers(facilities: Facilities): readonly (readonly [string, FunctionSpec])[] {
  return [
    ...stashHelpers(facilities),
    ...decisionHelpers(facilities),
    ...geoHelpers(facilities),
    ...outgoingHelpers(facilities),
    ...injectionHelpers(facilities),
  ]
}

function stashHelpers({ stash }: Facilities): readonly (readonly [string, FunctionSpec])[] {
  const set = (name: string, key: string, value: string): null => {
    stash?.set(name, key, value)
    return null
  }
  return [
    [
      'GetFromStash',
      reads([stringType, stringType], stringType, (name: string, key: string) => stash?.get(name, key) ?? ''),
    ],
    [
      'SetInStash',
      { parameters: [stringType, stringType, stringType], result: anyType, pure: false, call: set },
    ],
  ]
}

function decisionHelpers({ decisions }: Facilities): readonly (readonly [string, FunctionSpec])[] {
  const since = (value: string, span: string): number => {
    const nanoseconds = parseGoDuration(span, true)
    if (nanoseconds === undefined) throw new Fault('GetDecisionsSinceCount: no duration')
    return decisions?.countSince(value, nanoseconds / 1e6) ?? 0
  }
  return [
    ['GetDecisionsCount', reads([stringType], intType, (value: string) => decisions?.count(value) ?? 0)],
    [
      'GetActiveDecisionsCount',
      reads([stringType], intType, (value: string) => decisions?.activeCount(value) ?? 0),
    ],
    [
      'GetActiveDecisionsTimeLeft',
      reads([stringType], durationType, (value: string) => (decisions?.activeTimeLeftMs(value) ?? 0) * 1e6),
    ],
    ['GetDecisionsSinceCount', reads([stringType, stringType], intType, since)],
  ]
}

function geoHelpers({ geo }: Facilities): readonly (readonly [string, FunctionSpec])[] {
  const city = (ip: string): unknown => {
    const found = geo?.city(ip)
    if (found === undefined) return null
    return {
      Country: { IsoCode: found.isoCode, IsInEuropeanUnion: found.isInEu ?? false },
      Location: { Latitude: found.latitude, Longitude: found.longitude },
    }
  }
  const asn = (ip: string): unknown => {
    const found = geo?.asn(ip)
    return found === undefined
      ? null
      : { AutonomousSystemNumber: BigInt(found.number), AutonomousSystemOrganization: found.organization }
  }
  return [
    ['GeoIPEnrich', reads([stringType], anyType, city)],
    ['GeoIPASNEnrich', reads([stringType], anyType, asn)],
    ['GeoIPRangeEnrich', reads([stringType], stringType, (ip: string) => geo?.range(ip) ?? '')],
    ['IPToCountry', reads([stringType], stringType, (ip: string) => geo?.city(ip)?.isoCode ?? '')],
  ]
}

function outgoingHelpers({ outgoing }: Facilities): readonly (readonly [string, FunctionSpec])[] {
  const request =
    (name: string, method: string | undefined) =>
    (first: string, second = '', third = ''): unknown => {
      if (outgoing?.http === undefined) throw new Fault(`${name}: outgoing calls are off`)
      const answer =
        method === undefined ? outgoing.http(first, second, third) : outgoing.http(method, first, second)
      return { Status: BigInt(answer.status), Body: answer.body }
    }
  const http = (name: string, method: string | undefined, count: number): FunctionSpec => ({
    parameters: Array.from({ length: count }, () => stringType),
    optional: method === undefined ? 1 : 0,
    result: mapOf(anyType),
    pure: false,
    call: request(name, method),
  })
  return [
    ['CrowdsecCTI', reads([stringType], anyType, (ip: string) => outgoing?.cti?.(ip) ?? {})],
    ['HTTPGet', http('HTTPGet', 'GET', 1)],
    ['HTTPHead', http('HTTPHead', 'HEAD', 1)],
    ['HTTPPost', http('HTTPPost', 'POST', 2)],
    ['HTTPRequest', http('HTTPRequest', undefined, 3)],
  ]
}

function injectionHelpers({ injection }: Facilities): readonly (readonly [string, FunctionSpec])[] {
  return [
    [
      'LibInjectionIsSQLI',
      reads([stringType], boolType, (text: string) => injection?.isSqlInjection(text) ?? false),
    ],
    ['LibInjectionIsXSS', reads([stringType], boolType, (text: string) => injection?.isXss(text) ?? false)],
  ]
}
