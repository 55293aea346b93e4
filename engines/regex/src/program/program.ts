import type { CharSet } from '../charset/char-set.ts'
import type { Assertion } from '../syntax/node.ts'

/** Instruction codes of a {@link Program}. Numbers, because the matchers read them from typed arrays. */
export const opMatch = 0
/** Consume one character of set `arg`, go to `out`. */
export const opSet = 1
/** Go to `out` by preference, else to `arg`. */
export const opSplit = 2
/** Store the position in capture slot `arg`, go to `out`. */
export const opCapture = 3
/** Go to `out` if assertion `arg` holds. */
export const opAssert = 4

/** Go to `out`; no character of set `arg` may come next. Only while a program is assembled. */
export const opBar = 5

/** Assertion codes, in the order of {@link assertionCodes}. */
export const assertTextStart = 0
export const assertLineStart = 1
export const assertTextEnd = 2
export const assertLineEnd = 3
export const assertFinalEnd = 4
export const assertWord = 5
export const assertNotWord = 6

/** The code of each assertion. Codes up to `assertLineStart` look only back. */
export const assertionCodes: Readonly<Record<Assertion, number>> = {
  'text-start': assertTextStart,
  'line-start': assertLineStart,
  'text-end': assertTextEnd,
  'line-end': assertLineEnd,
  'final-end': assertFinalEnd,
  word: assertWord,
  'not-word': assertNotWord,
}

/** A Thompson automaton in parallel arrays, one entry per instruction. */
export interface Program {
  readonly length: number
  readonly start: number
  readonly op: Uint8Array
  readonly out: Int32Array
  readonly arg: Int32Array
  /** Sets by number, each once. */
  readonly sets: readonly CharSet[]
  /** Bit per assertion code in use. */
  readonly assertions: number
  /** Capture slots: twice the number of groups. Slots 0 and 1 are not instructions. */
  readonly slots: number
}
