import { isSelect, kindAt, skipName, wordAt } from './sql-shape.ts'
import {
  NOTHING,
  OPERAND,
  closeGroup,
  finish,
  found,
  isMangledJoin,
  openGroup,
  type Walk,
} from './sql-walk-state.ts'
import { stumble } from './sql-stumble.ts'
import { takeOperator } from './sql-operator.ts'
import { SQL } from './sql-words.ts'

function takeSelect(walk: Walk): void {
  const before = kindAt(walk, walk.i - 1)
  const placed =
    walk.i === 0 ||
    isMangledJoin(walk) ||
    before === SQL.open ||
    before === SQL.semicolon ||
    before === SQL.union ||
    walk.clean
  // Behind an operator a query needs no further proof; at the start it could be a sentence.
  const operated =
    walk.clean && (walk.logic > 0 || walk.comparisons > 0 || walk.arithmetic > 0 || hasOperator(walk))
  if (placed && ((operated && isBracketed(walk)) || isSelect(walk, walk.i)))
    found(walk, 'a query stands where a value belongs')
  else if (walk.context !== 'bare' && walk.i === 1 && isSelect(walk, walk.i))
    found(walk, 'a query follows a closed string')
  else stumble(walk)
}

function isBracketed(walk: Walk): boolean {
  const next = kindAt(walk, walk.i + 1)
  return next === SQL.open || (kindAt(walk, walk.i - 1) === SQL.open && next !== SQL.end)
}

function hasOperator(walk: Walk): boolean {
  return walk.operands > 0 && walk.waiting.some((pending) => pending !== NOTHING)
}

/** OPENROWSET and its like with a name in quotes: its parts stand between semicolons. */
function isRemoteQuery(walk: Walk): boolean {
  const kind = kindAt(walk, walk.i + 2)
  return /^OPEN(?:ROWSET|DATASOURCE|QUERY)$/.test(wordAt(walk, walk.i)) && kind === SQL.string
}

/** Packages and functions that only servers have. */
const SERVER_PACKAGE = /^(?:DBMS_|UTL_|CTXSYS$|OWA_|SYS_|PG_|DB_|LO_(?:IMPORT|EXPORT)$|DBLINK)/

function takeName(walk: Walk): void {
  const behind = skipName(walk, walk.i)
  const after = Math.max(behind, walk.i + 1)
  if (kindAt(walk, after) === SQL.open) {
    if (SERVER_PACKAGE.test(wordAt(walk, walk.i))) walk.sqlCalls++
    openGroup(walk, SQL.name, after - walk.i + 1)
    return
  }
  walk.i = after - 1
  finish(walk, OPERAND.name)
}

/** Takes the next token where the grammar wants an operand. */
export function takeOperand(walk: Walk, kind: number): void {
  switch (kind) {
    case SQL.number:
    case SQL.string:
    case SQL.constant:
      finish(walk, OPERAND.literal)
      return
    case SQL.openString:
      finish(walk, OPERAND.open)
      return
    case SQL.variable:
      walk.variables++
      if (kindAt(walk, walk.i + 1) === SQL.assign) walk.i += 2
      else finish(walk, OPERAND.variable)
      return
    case SQL.sqlCall:
      walk.sqlCalls++
      if (isRemoteQuery(walk)) found(walk, 'another database is asked')
      openGroup(walk, kind, 2)
      return
    case SQL.plainCall:
      walk.plainCalls++
      openGroup(walk, kind, 2)
      return
    case SQL.open:
      openGroup(walk, SQL.open, 1)
      return
    case SQL.close:
      takeEmptyClose(walk)
      return
    case SQL.not:
    case SQL.unary:
    case SQL.quantifier:
      walk.i++
      return
    case SQL.arithmetic:
      takeSign(walk)
      return
    case SQL.select:
      takeSelect(walk)
      return
    case SQL.caseWord:
      takeCase(walk)
      return
    case SQL.braceOpen:
      walk.i += kindAt(walk, walk.i + 1) === SQL.name ? 2 : 1
      return
    default:
      takeOtherOperand(walk, kind)
  }
}

const NAMES: ReadonlySet<number> = new Set([SQL.name, SQL.object, SQL.type, SQL.values, SQL.ifWord, SQL.set])

function takeOtherOperand(walk: Walk, kind: number): void {
  if (NAMES.has(kind)) takeName(walk)
  else if (kind === SQL.comparison && wordAt(walk, walk.i) === 'MATCH') walk.i++
  else if (
    kind === SQL.comparison &&
    wordAt(walk, walk.i) === 'LIKE' &&
    kindAt(walk, walk.i + 1) === SQL.open
  )
    openGroup(walk, SQL.plainCall, 2)
  else if (kind === SQL.comment) walk.i++
  else if (walk.operands === 0 && walk.groups.length === 0 && walk.context === 'bare') {
    // The value may go on from a value of the query: it then starts with an operator.
    walk.wanting = false
    takeOperator(walk, kind)
  } else stumble(walk)
}

/** `()` is a call without arguments; any other closing parenthesis here is out of place. */
function takeEmptyClose(walk: Walk): void {
  if (kindAt(walk, walk.i - 1) === SQL.open && walk.groups.length > 0) closeGroup(walk)
  else if (walk.operands === 0 && walk.groups.length === 0) {
    walk.wanting = false
    closeGroup(walk)
  } else stumble(walk)
}

function takeSign(walk: Walk): void {
  const sign = walk.text[walk.tokens.starts[walk.i] ?? 0]
  if (sign === '*' && (walk.groups.length > 0 || walk.selects > 0)) finish(walk, OPERAND.name)
  else if (sign === '-' || sign === '+' || sign === '*' || walk.operands === 0) walk.i++
  else if (walk.clean && walk.context !== 'bare' && walk.logic + walk.variables > 0) walk.i++
  else stumble(walk)
}

function takeCase(walk: Walk): void {
  if (kindAt(walk, walk.i + 1) === SQL.when) {
    walk.cases++
    walk.i += 2
  } else if (!startsLiteral(kindAt(walk, walk.i + 1))) takeName(walk)
  else {
    walk.cases++
    walk.i++
  }
}

function startsLiteral(kind: number): boolean {
  return (
    kind === SQL.number ||
    kind === SQL.string ||
    kind === SQL.open ||
    kind === SQL.variable ||
    kind === SQL.sqlCall ||
    kind === SQL.plainCall ||
    kind === SQL.arithmetic
  )
}
