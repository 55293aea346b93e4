/** Limits of one rule set; more is a load error. */
export const sigmaLimits: {
  readonly maxRules: number
  readonly maxValuesPerRule: number
  readonly maxConditionLength: number
  readonly maxConditionDepth: number
  readonly maxPatternLength: number
  readonly maxExpansions: number
  readonly maxEventTextLength: number
} = {
  maxRules: 50_000,
  maxValuesPerRule: 20_000,
  maxConditionLength: 4_096,
  maxConditionDepth: 64,
  maxPatternLength: 8_192,
  /** Variants that windash and placeholders may make of one value. */
  maxExpansions: 4_096,
  /** Longest text of one field value that is looked at; the rest is cut. */
  maxEventTextLength: 65_536,
}
