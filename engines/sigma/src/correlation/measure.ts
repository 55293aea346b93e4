import type { CorrelationRule, Threshold } from './correlation-rule.ts'

/** One match that a correlation counts. */
export interface WindowEntry {
  readonly timeMs: number
  /** Position of the rule in the correlation's list. */
  readonly rule: number
  /** Value of the field for counting values; empty when absent. */
  readonly text: string
  /** Value of the field as a number; NaN when absent. */
  readonly number: number
}

/** True when all thresholds hold. */
export function holds(thresholds: readonly Threshold[], result: number): boolean {
  return thresholds.every(({ operator, value }) => {
    switch (operator) {
      case 'gt':
        return result > value
      case 'gte':
        return result >= value
      case 'lt':
        return result < value
      case 'lte':
        return result <= value
      case 'eq':
        return result === value
      case 'neq':
        return result !== value
    }
  })
}

function numbers(entries: readonly WindowEntry[]): number[] {
  return entries.map((entry) => entry.number).filter((number) => !Number.isNaN(number))
}

/** The smallest value with at least `percentile` per cent of all values at or below it (nearest rank). */
function nearestRank(values: readonly number[], percentile: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((percentile / 100) * sorted.length) - 1)] ?? Number.NaN
}

function distinctRules(entries: readonly WindowEntry[]): number {
  return new Set(entries.map((entry) => entry.rule)).size
}

/** How many of the rules occurred in their order, taking the earliest place for each; one may be named twice. */
function orderedRules(rules: readonly string[], entries: readonly WindowEntry[]): number {
  const order = rules.map((name) => rules.indexOf(name))
  let next = 0
  for (const entry of entries) if (entry.rule === order[next]) next += 1
  return next
}

/** What a temporal rule without a threshold wants. */
function wanted({ type, rules }: CorrelationRule): number {
  return type === 'temporal_ordered' ? rules.length : new Set(rules).size
}

/** The number that a correlation compares, over entries sorted by time. */
export function measure(rule: CorrelationRule, entries: readonly WindowEntry[]): number {
  switch (rule.type) {
    case 'event_count':
      return entries.length
    case 'value_count':
      return new Set(entries.flatMap((entry) => (entry.text === '' ? [] : [entry.text]))).size
    case 'temporal':
      return distinctRules(entries)
    case 'temporal_ordered':
      return orderedRules(rule.rules, entries)
    case 'value_sum':
      return numbers(entries).reduce((sum, number) => sum + number, 0)
    case 'value_avg': {
      const values = numbers(entries)
      return values.reduce((sum, number) => sum + number, 0) / values.length
    }
    case 'value_percentile':
      return nearestRank(numbers(entries), rule.percentile)
  }
}

/** True when the window satisfies the rule. Temporal rules without a threshold want every rule once. */
export function isSatisfied(rule: CorrelationRule, entries: readonly WindowEntry[]): boolean {
  const result = measure(rule, entries)
  return rule.thresholds.length === 0 ? result >= wanted(rule) : holds(rule.thresholds, result)
}
