import { kindAt } from './sql-shape.ts'
import { NOTHING, OPERAND, type Walk } from './sql-walk-state.ts'
import { judge } from './sql-judge.ts'
import { SQL } from './sql-words.ts'

/** The text does not go on as SQL: forget the expression and look for the next place it could. */
export function stumble(walk: Walk): void {
  walk.reason = judge(walk, false)
  if (walk.reason !== null) return
  walk.clean = false
  walk.groups.length = walk.waiting.length = walk.lefts.length = 0
  walk.closers = walk.cases = walk.betweens = walk.selects = 0
  walk.logic = walk.comparisons = walk.constantComparisons = walk.constantLogic = 0
  walk.arithmetic = walk.sqlCalls = walk.plainCalls = walk.variables = walk.operands = walk.commas = 0
  walk.equal = false
  walk.pending = NOTHING
  walk.first = walk.last = OPERAND.none
  walk.i++
  while (!restarts(walk)) walk.i++
  const kind = kindAt(walk, walk.i)
  walk.wanting = kind === SQL.select || kind === SQL.variable
  if (kind === SQL.number || kind === SQL.string) walk.wanting = true
}

function restarts(walk: Walk): boolean {
  const kind = kindAt(walk, walk.i)
  // "Yes, and 2 = 2": a comma ends the phrase before.
  if (kind === SQL.logic) return kindAt(walk, walk.i - 1) !== SQL.comma
  return (
    kind === SQL.end ||
    kind === SQL.union ||
    kind === SQL.select ||
    kind === SQL.semicolon ||
    kind === SQL.number ||
    kind === SQL.string ||
    kind === SQL.having ||
    kind === SQL.procedure ||
    kind === SQL.into ||
    kind === SQL.order ||
    kind === SQL.verb
  )
}
