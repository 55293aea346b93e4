import { SigmaError } from '../error.ts'
import { parseInfo } from '../rule/parse-rule.ts'
import { isMap, mapAt, textAt, textsAt } from '../rule/source.ts'
import type { SigmaMap } from '../rule/source.ts'
import { correlationTypes, thresholdOperators } from './correlation-rule.ts'
import type { CorrelationRule, CorrelationType, Threshold } from './correlation-rule.ts'

const path = ['correlation'] as const
const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const knownKeys = new Set(['type', 'rules', 'group-by', 'timespan', 'condition', 'aliases', 'generate'])
const temporal: readonly CorrelationType[] = ['temporal', 'temporal_ordered']

function fail(key: string, message: string): never {
  throw new SigmaError('SIGMA_CORRELATION', [...path, key], message)
}

function parseType(map: SigmaMap): CorrelationType {
  const text = textAt(map, 'type', path)
  return (
    correlationTypes.find((type) => type === text) ??
    fail('type', `${String(text)} is not one of ${correlationTypes.join(', ')}`)
  )
}

/** A time span such as `10m`, in milliseconds. */
function parseTimespan(map: SigmaMap): number {
  const match = /^(\d{1,6})([smhd])$/.exec(textAt(map, 'timespan', path) ?? '')
  const ms = Number(match?.[1]) * (unitMs[match?.[2] ?? ''] ?? Number.NaN)
  return ms > 0 ? ms : fail('timespan', 'a time span is a number and s, m, h or d')
}

interface ParsedCondition {
  readonly thresholds: readonly Threshold[]
  readonly fields: readonly string[]
  readonly percentile: number
}

function parseThresholds(map: SigmaMap): readonly Threshold[] {
  return thresholdOperators.flatMap((operator): Threshold[] => {
    const value = map[operator]
    if (value === undefined) return []
    return typeof value === 'number' ? [{ operator, value }] : fail('condition', `${operator} needs a number`)
  })
}

function parseCondition(map: SigmaMap, type: CorrelationType): ParsedCondition {
  const condition = map['condition']
  if (condition === undefined && temporal.includes(type)) return { thresholds: [], fields: [], percentile: 0 }
  if (!isMap(condition)) return fail('condition', 'a condition is a mapping such as gte: 10')
  for (const key of Object.keys(condition)) {
    if (![...thresholdOperators, 'field', 'percentile'].includes(key))
      fail('condition', `${key} is not understood`)
  }
  const thresholds = parseThresholds(condition)
  const fields = textsAt(condition, 'field', [...path, 'condition'])
  if (thresholds.length === 0 && !temporal.includes(type)) fail('condition', 'a comparison is missing')
  if (type.startsWith('value_') && fields.length === 0) fail('condition', `${type} needs a field`)
  if (type.startsWith('value_') && type !== 'value_count' && fields.length > 1)
    fail('condition', `${type} takes one field`)
  const percentile = condition['percentile'] ?? 50
  if (typeof percentile !== 'number' || percentile < 0 || percentile > 100)
    fail('condition', 'percentile is a number from 0 to 100')
  return { thresholds, fields, percentile }
}

function parseAliases(map: SigmaMap): CorrelationRule['aliases'] {
  const aliases: Record<string, Record<string, string>> = {}
  if (map['aliases'] === undefined) return aliases
  for (const [alias, fields] of Object.entries(mapAt(map, 'aliases', path))) {
    if (!isMap(fields)) return fail('aliases', `alias ${alias} maps rules to fields`)
    aliases[alias] = Object.fromEntries(
      Object.entries(fields).map(([rule, field]) => [
        rule,
        typeof field === 'string' ? field : fail('aliases', `alias ${alias} maps rules to fields`),
      ]),
    )
  }
  return aliases
}

/**
 * Reads a correlation rule.
 * @throws SigmaError SIGMA_CORRELATION for anything that is not understood.
 */
export function parseCorrelation(document: SigmaMap): CorrelationRule {
  const map = mapAt(document, 'correlation', [])
  for (const key of Object.keys(map)) if (!knownKeys.has(key)) fail(key, `${key} is not understood`)
  const type = parseType(map)
  const rules = textsAt(map, 'rules', path)
  if (rules.length === 0) fail('rules', 'a correlation names its rules')
  return {
    kind: 'correlation',
    info: parseInfo(document),
    type,
    rules,
    groupBy: textsAt(map, 'group-by', path),
    timespanMs: parseTimespan(map),
    ...parseCondition(map, type),
    aliases: parseAliases(map),
    generate: (map['generate'] ?? document['generate']) === true,
  }
}
