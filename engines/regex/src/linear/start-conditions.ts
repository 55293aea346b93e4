import {
  assertLineStart,
  assertNotWord,
  assertTextStart,
  assertWord,
  opAssert,
  opCapture,
  opMatch,
  opSet,
  opSplit,
  type Program,
} from '../program/program.ts'
import { emptyEdges } from '../program/reverse-edges.ts'

const backward: readonly number[] = [assertTextStart, assertLineStart, assertWord, assertNotWord]

/** 1 for instructions from which a condition on the character before can be reached without consuming. */
export function looksBack(program: Program): Uint8Array {
  const marks = new Uint8Array(program.length)
  const queue: number[] = []
  const mark = (pc: number): void => {
    if (marks[pc] === 1) return
    marks[pc] = 1
    queue.push(pc)
  }
  for (let pc = 0; pc < program.length; pc++)
    if (program.op[pc] === opAssert && backward.includes(program.arg[pc] ?? 0)) mark(pc)
  const { starts, from } = emptyEdges(program)
  for (let pc = queue.pop(); pc !== undefined; pc = queue.pop())
    for (let edge = starts[pc] ?? 0; edge < (starts[pc + 1] ?? 0); edge++) mark(from[edge] ?? 0)
  return marks
}

/** Whether a match may start elsewhere than at the start of the input. */
export function startsLater(program: Program): boolean {
  const { op, out, arg } = program
  const seen = new Set<number>()
  const stack = [program.start]
  for (let pc = stack.pop(); pc !== undefined; pc = stack.pop()) {
    if (seen.has(pc)) continue
    seen.add(pc)
    const code = op[pc]
    if (code === opSet || code === opMatch) return true
    if (code === opSplit) stack.push(arg[pc] ?? 0)
    if (code === opSplit || code === opCapture || arg[pc] !== assertTextStart) stack.push(out[pc] ?? 0)
  }
  return false
}
