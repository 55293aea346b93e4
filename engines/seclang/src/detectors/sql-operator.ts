import { isSelect, isUnion, kindAt, wordAt } from './sql-shape.ts'
import { isAssignment, isStatement, isRareStatement } from './sql-statement.ts'
import {
  ARITHMETIC,
  COMPARE,
  LOGIC,
  NOTHING,
  OPERAND,
  closeGroup,
  found,
  isConstant,
  awaitOperand,
  type Walk,
} from './sql-walk-state.ts'
import { stumble } from './sql-stumble.ts'
import { takeClause } from './sql-clause.ts'
import { SQL } from './sql-words.ts'

/** Takes the next token where the grammar wants an operator, a clause or the end. */
export function takeOperator(walk: Walk, kind: number): void {
  switch (kind) {
    case SQL.arithmetic:
      awaitOperand(walk, ARITHMETIC)
      return
    case SQL.comparison:
    case SQL.assign:
      // SOUNDS LIKE, and signs that some servers take together.
      if (kindAt(walk, walk.i + 1) === SQL.comparison || isSimilarTo(walk)) walk.i++
      awaitOperand(walk, COMPARE)
      return
    case SQL.logic:
      if (walk.betweens > 0) {
        walk.betweens--
        awaitOperand(walk, NOTHING)
      } else awaitOperand(walk, LOGIC)
      return
    case SQL.between:
      walk.betweens++
      awaitOperand(walk, COMPARE)
      return
    case SQL.is:
      awaitOperand(walk, COMPARE)
      if (kindAt(walk, walk.i) === SQL.not) walk.i++
      return
    case SQL.inside:
      if (kindAt(walk, walk.i + 1) === SQL.open) awaitOperand(walk, COMPARE)
      else if (/^(?:BOOLEAN|NATURAL)$/.test(wordAt(walk, walk.i + 1))) walk.i += 3
      else stumble(walk)
      return
    case SQL.not:
      takeNot(walk)
      return
    case SQL.close:
      closeGroup(walk)
      return
    case SQL.comma:
      if (walk.groups.length === 0 && walk.selects === 0) walk.commas++
      awaitOperand(walk, NOTHING)
      return
    case SQL.semicolon:
      takeSemicolon(walk)
      return
    case SQL.union:
      takeUnion(walk)
      return
    case SQL.comment:
      takeComment(walk)
      return
    default:
      takeClause(walk, kind)
  }
}

function isSimilarTo(walk: Walk): boolean {
  return wordAt(walk, walk.i) === 'SIMILAR' && wordAt(walk, walk.i + 1) === 'TO'
}

function takeNot(walk: Walk): void {
  const next = kindAt(walk, walk.i + 1)
  if (next === SQL.comparison || next === SQL.inside || next === SQL.between) walk.i++
  else stumble(walk)
}

function takeUnion(walk: Walk): void {
  const next = kindAt(walk, walk.i + 1)
  const value = walk.last !== OPERAND.name && walk.last !== OPERAND.none
  if (isUnion(walk, walk.i, value)) found(walk, 'a second query is joined with UNION')
  else if (
    (next === SQL.end || (next === SQL.comment && walk.context === 'bare')) &&
    value &&
    walk.clean &&
    (walk.i > 1 || walk.tokens.blanks > 0)
  )
    found(walk, 'the value ends in UNION')
  else stumble(walk)
}

function takeComment(walk: Walk): void {
  walk.ending = SQL.comment
  walk.i++
}

/** Nothing stands behind the comment mark: "5; -- a note" is prose. */
function isEmptyCut(walk: Walk, at: number): boolean {
  const start = walk.tokens.starts[at] ?? 0
  return isConstant(walk.last) && /^\W{0,4}$/.test(walk.text.slice(start + 2, start + 80))
}

function takeSemicolon(walk: Walk): void {
  const next = kindAt(walk, walk.i + 1)
  const at = walk.i + 1
  if (next === SQL.verb && isStatement(walk, at, true)) found(walk, 'a second statement follows')
  else if (next === SQL.select && isSelect(walk, at)) found(walk, 'a second query follows')
  else if ((next === SQL.set && isAssignment(walk, at)) || isRareStatement(walk, at))
    found(walk, 'a second statement follows')
  else if (next === SQL.comment && walk.clean && (walk.context !== 'bare' || isEmptyCut(walk, at)))
    found(walk, 'the rest of the query is cut off')
  else if (next === SQL.ifWord) {
    walk.i += 2
    walk.wanting = true
  } else stumble(walk)
}
