import { opMatch, opSet, opSplit, type Program } from './program.ts'

/** Edges of a program, backwards, in compressed rows: those into `pc` are `from[starts[pc]]` to `from[starts[pc + 1]]`. */
export interface Edges {
  readonly starts: Int32Array
  readonly from: Int32Array
}

/** The edges that consume a character. */
export function consumingEdges(program: Program): Edges {
  return collectEdges(program, (pc, visit) => {
    if (program.op[pc] === opSet) visit(program.out[pc] ?? 0)
  })
}

/** The edges that consume nothing, conditions included. */
export function emptyEdges(program: Program): Edges {
  return collectEdges(program, (pc, visit) => {
    const op = program.op[pc]
    if (op === opSet || op === opMatch) return
    visit(program.out[pc] ?? 0)
    if (op === opSplit && program.arg[pc] !== program.out[pc]) visit(program.arg[pc] ?? 0)
  })
}

function collectEdges(program: Program, edgesOf: (pc: number, visit: (to: number) => void) => void): Edges {
  const starts = new Int32Array(program.length + 1)
  for (let pc = 0; pc < program.length; pc++)
    edgesOf(pc, (to) => void (starts[to + 1] = (starts[to + 1] ?? 0) + 1))
  for (let pc = 0; pc < program.length; pc++) starts[pc + 1] = (starts[pc + 1] ?? 0) + (starts[pc] ?? 0)
  const from = new Int32Array(starts[program.length] ?? 0)
  const filled = starts.slice()
  for (let pc = 0; pc < program.length; pc++) {
    edgesOf(pc, (to) => {
      from[filled[to] ?? 0] = pc
      filled[to] = (filled[to] ?? 0) + 1
    })
  }
  return { starts, from }
}
