import { FaultSignal } from './seclang-error.ts'
import type { IdRange } from './rule-actions.ts'

/** Largest rule id. */
export const maxRuleId = 4_294_967_295

/** Reads a decimal number of a directive or an action; throws FaultSignal outside `min`..`max`. */
export function parseNumber(text: string, bounds: { min: number; max: number; offset: number }): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (value >= bounds.min && value <= bounds.max) return value
  throw new FaultSignal('WAF_RULE_ARGUMENT', `expected a number from ${bounds.min} to ${bounds.max}`, {
    offset: bounds.offset,
    token: text,
  })
}

/** Reads `7`, `1-9`, `"1 5-7,9"` into ranges. */
export function parseIdRanges(text: string, offset: number): IdRange[] {
  const pieces = text.split(/[\s,]+/).filter((piece) => piece !== '')
  const ranges = pieces.map((piece) => parseIdRange(piece, offset))
  if (ranges.length > 0) return ranges
  throw new FaultSignal('WAF_RULE_ARGUMENT', 'expected rule ids', { offset, token: text })
}

function parseIdRange(piece: string, offset: number): IdRange {
  const bounds = { min: 0, max: maxRuleId, offset }
  const dash = piece.indexOf('-')
  if (dash < 0) {
    const id = parseNumber(piece, bounds)
    return { from: id, to: id }
  }
  return { from: parseNumber(piece.slice(0, dash), bounds), to: parseNumber(piece.slice(dash + 1), bounds) }
}

/** True when one of the ranges holds the id. */
export function holdsId(ranges: readonly IdRange[], id: number): boolean {
  return ranges.some((range) => id >= range.from && id <= range.to)
}
