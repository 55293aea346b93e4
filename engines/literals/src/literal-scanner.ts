import { buildAutomaton, type AutomatonOptions } from './automaton.ts'
import { classFlagTable } from './class-flags.ts'

/** Options of {@link compileLiterals}. */
export interface LiteralOptions extends AutomatonOptions {
  /** Up to 32 classes of code units below 256 (tables of 256 entries, 1 = member) whose presence a scan reports. */
  readonly byteClasses?: readonly Uint8Array[]
}

/** A piece of an input. */
export interface ScanRange {
  /** First unit looked at; default 0. */
  readonly from?: number
  /** End (exclusive); default the length of the input. Only literals wholly inside the range are found. */
  readonly to?: number
}

/** Finds which of many literals are in an input, in one pass. */
export interface LiteralScanner {
  /** Number of literals; a sink has at least `Math.ceil(count / 32)` entries. */
  readonly count: number
  /** States of the automaton. */
  readonly stateCount: number
  /** Bytes of its tables. */
  readonly tableBytes: number
  /**
   * Sets bit `n` of `sink` (bit `n & 31` of entry `n >> 5`) for each literal `n` in the range; other bits stay.
   * Gives one bit per byte class that occurred.
   */
  scan(input: string, sink: Uint32Array, range?: ScanRange): number
}

/** Builds a scanner; literals are numbered by position. Throws {@link LiteralsError}. */
export function compileLiterals(literals: readonly string[], options: LiteralOptions = {}): LiteralScanner {
  const automaton = buildAutomaton(literals, options)
  const { classes, classMask, shift, table, firstHit, hitStarts, hits } = automaton
  const classFlags = classFlagTable(options.byteClasses ?? [])

  function report(state: number, sink: Uint32Array): void {
    const end = hitStarts[state - firstHit + 1] ?? 0
    for (let i = hitStarts[state - firstHit] ?? 0; i < end; i++) {
      const number = hits[i] ?? 0
      sink[number >> 5] = (sink[number >> 5] ?? 0) | (1 << (number & 31))
    }
  }

  // Hot: bench/regex measures it. One table read and one comparison per unit.
  function scan(input: string, sink: Uint32Array, range: ScanRange = {}): number {
    const to = Math.min(range.to ?? input.length, input.length)
    let flags = 0
    let state = 0
    for (let at = Math.max(0, range.from ?? 0); at < to; at++) {
      const unit = input.charCodeAt(at)
      if (unit < 256) flags |= classFlags[unit] ?? 0
      state = table[(state << shift) | (classes[unit & classMask] ?? 0)] ?? 0
      if (state >= firstHit) report(state, sink)
    }
    return flags >>> 0
  }

  const tableBytes = table.byteLength + hits.byteLength + hitStarts.byteLength + classes.byteLength
  return { count: literals.length, stateCount: automaton.stateCount, tableBytes, scan }
}
