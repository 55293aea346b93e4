import type { ProofFigure } from '@sevenfold/event'

function round(value: number): number {
  return Number(value.toPrecision(4))
}

/** The value below which the share `part` of sorted values lies (nearest rank); 0 without values. */
export function percentile(sorted: readonly number[], part: number): number {
  const rank = Math.max(1, Math.ceil(sorted.length * part))
  return sorted[rank - 1] ?? 0
}

/** Median of values in any order; 0 without values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2
}

/** The repeats of one measurement in one figure, with four significant digits. */
export function figureOf(repeats: readonly number[]): ProofFigure {
  if (repeats.length === 0) return { median: 0, low: 0, high: 0 }
  return {
    median: round(median(repeats)),
    low: round(Math.min(...repeats)),
    high: round(Math.max(...repeats)),
  }
}

/**
 * How surely the true median lies between the lowest and the highest of so many independent repeats, in percent
 * (order statistics: all lie on one side with probability 2 · ½ⁿ).
 */
export function coverage(repeats: number): number {
  return repeats < 2 ? 0 : Math.round((1 - 2 * 0.5 ** repeats) * 1000) / 10
}
