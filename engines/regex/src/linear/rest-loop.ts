import {
  assertFinalEnd,
  assertLineEnd,
  assertTextEnd,
  opAssert,
  opCapture,
  opMatch,
  opSet,
  opSplit,
  type Program,
} from '../program/program.ts'
import { takesLine } from '../needs/takes-rest.ts'

/**
 * Whether an instruction is the loop of a greedy `.*` after which nothing but the match comes. Then nothing is decided
 * before the next newline, or the end of the input. `last` is the highest code point of the mode.
 */
export function isRestLoop({ op, out, arg, sets }: Program, pc: number, last: number): boolean {
  const set = out[pc] ?? 0
  if (op[pc] !== opSplit || op[set] !== opSet || out[set] !== pc) return false
  const taken = sets[arg[set] ?? 0]
  if (taken === undefined || !takesLine(taken, last)) return false
  for (let at = arg[pc] ?? 0; ; at = out[at] ?? 0) {
    if (op[at] === opMatch) return true
    const isEnd = op[at] === opAssert && endings.includes(arg[at] ?? 0)
    if (op[at] !== opCapture && !isEnd) return false
  }
}

/** Conditions that hold nowhere between newlines, or wherever the input ends. */
const endings: readonly number[] = [assertTextEnd, assertFinalEnd, assertLineEnd]
