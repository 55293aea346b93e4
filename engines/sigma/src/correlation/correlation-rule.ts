import type { RuleInfo } from '../rule/sigma-rule.ts'

/** The seven kinds of correlation (Sigma correlation rules specification 2.1). */
export const correlationTypes = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'value_sum',
  'value_avg',
  'value_percentile',
] as const

/** One kind of correlation. */
export type CorrelationType = (typeof correlationTypes)[number]

/** Comparisons of a correlation's result. */
export const thresholdOperators = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'] as const

/** One comparison. */
export interface Threshold {
  readonly operator: (typeof thresholdOperators)[number]
  readonly value: number
}

/** A correlation rule. All thresholds must hold (two of them make a range). */
export interface CorrelationRule {
  readonly kind: 'correlation'
  readonly info: RuleInfo
  readonly type: CorrelationType
  /** Ids or names of detection or correlation rules. */
  readonly rules: readonly string[]
  readonly groupBy: readonly string[]
  readonly timespanMs: number
  readonly thresholds: readonly Threshold[]
  /** Field whose values are counted, summed, averaged or ranked. */
  readonly fields: readonly string[]
  /** Percentile from 0 to 100 for `value_percentile`. */
  readonly percentile: number
  /** Alias → rule reference → field. */
  readonly aliases: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Whether the rules it names report matches of their own. */
  readonly generate: boolean
}
