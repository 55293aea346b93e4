import { quotesWords } from './sql-judge.ts'
import { hasTable, isFromClause, isSelect, kindAt, skipName, wordAt } from './sql-shape.ts'
import { isStatement } from './sql-statement.ts'
import {
  ARITHMETIC,
  LOGIC,
  NOTHING,
  OPERAND,
  finish,
  found,
  isConstant,
  isMangledJoin,
  awaitOperand,
  type Walk,
} from './sql-walk-state.ts'
import { stumble } from './sql-stumble.ts'
import { SQL } from './sql-words.ts'

/** Takes a keyword behind a complete operand. */
export function takeClause(walk: Walk, kind: number): void {
  switch (kind) {
    case SQL.having:
    case SQL.where:
      awaitOperand(walk, LOGIC)
      return
    case SQL.order:
    case SQL.group:
      takeOrder(walk)
      return
    case SQL.limit:
      takeLimit(walk)
      return
    case SQL.into:
      takeInto(walk)
      return
    case SQL.procedure:
      if (kindAt(walk, walk.i + 2) === SQL.open) found(walk, 'a procedure is run on the result')
      else stumble(walk)
      return
    case SQL.as:
      walk.i += 2
      return
    case SQL.cast:
      walk.i = Math.max(skipName(walk, walk.i + 1), walk.i + 2)
      return
    case SQL.collate:
      awaitOperand(walk, NOTHING)
      return
    case SQL.dot:
      if (kindAt(walk, walk.i - 1) === SQL.number) walk.i += 2
      else stumble(walk)
      return
    case SQL.string:
      // Strings side by side are one string.
      if (kindAt(walk, walk.i - 1) === SQL.string) walk.i++
      else stumble(walk)
      return
    case SQL.when:
    case SQL.thenWord:
    case SQL.otherwise:
    case SQL.endWord:
      takeCasePart(walk, kind)
      return
    default:
      takeRest(walk, kind)
  }
}

function takeInto(walk: Walk): void {
  const target = kindAt(walk, walk.i + 1)
  const file = /^(?:OUT|DUMP)FILE$/.test(wordAt(walk, walk.i + 1)) && kindAt(walk, walk.i + 2) !== SQL.end
  if (file) found(walk, 'the result is written to a file')
  else if (walk.clean && isConstant(walk.last) && target === SQL.variable)
    found(walk, 'the result is kept in a variable')
  else stumble(walk)
}

function takeCasePart(walk: Walk, kind: number): void {
  if (walk.cases === 0) stumble(walk)
  else if (kind === SQL.thenWord) found(walk, 'a conditional stands where a value belongs')
  else if (kind === SQL.endWord) {
    walk.cases--
    finish(walk, OPERAND.call)
  } else awaitOperand(walk, NOTHING)
}

function takeOrder(walk: Walk): void {
  const at = walk.i + 2
  if (kindAt(walk, walk.i + 1) !== SQL.by) {
    stumble(walk)
    return
  }
  const target = kindAt(walk, at)
  const behind = kindAt(walk, at + 1)
  const closed = behind === SQL.end || behind === SQL.comment || behind === SQL.comma
  const positional = target === SQL.number && (closed || behind === SQL.limit || behind === SQL.semicolon)
  const value =
    target === SQL.open ||
    target === SQL.sqlCall ||
    target === SQL.plainCall ||
    target === SQL.arithmetic ||
    ((target === SQL.end || target === SQL.comment) && walk.logic > 0)
  const fits = walk.clean && (isConstant(walk.last) || walk.last === OPERAND.variable || walk.i === 1)
  if (walk.context === 'bare' ? fits && (positional || value) : walk.clean && (positional || value || closed))
    found(walk, 'the order or grouping of the result is changed')
  else if (fits && (behind === SQL.having || behind === SQL.comment || behind === SQL.union))
    found(walk, 'the order or grouping of the result is changed')
  else stumble(walk)
}

function takeLimit(walk: Walk): void {
  const number = kindAt(walk, walk.i + 1) === SQL.number
  const behind = kindAt(walk, walk.i + 2)
  const closed =
    behind === SQL.comma ||
    behind === SQL.comment ||
    behind === SQL.union ||
    behind === SQL.into ||
    behind === SQL.limit
  if (
    number &&
    closed &&
    walk.clean &&
    (walk.context !== 'bare' || isConstant(walk.last) || walk.last === OPERAND.variable || walk.i === 1)
  )
    found(walk, 'the size of the result is changed')
  else stumble(walk)
}

function takeRest(walk: Walk, kind: number): void {
  const inCall = walk.groups.length > 0 && walk.groups.at(-1) !== SQL.open
  if (inCall && (kind === SQL.from || kind === SQL.forWord || kind === SQL.join || kind === SQL.as))
    awaitOperand(walk, NOTHING)
  else if (kind === SQL.braceClose || isDirection(walk)) walk.i++
  else if (kind === SQL.plainCall && wordAt(walk, walk.i) === 'MOD') awaitOperand(walk, ARITHMETIC)
  else if (kind === SQL.verb && walk.clean && walk.context !== 'bare' && walk.operands === 1)
    takeLateStatement(walk)
  else if (kind === SQL.sqlCall && walk.clean && walk.context !== 'bare' && isRealCall(walk))
    found(walk, 'a function of the database follows a closed string')
  else if (kind === SQL.verb && isLoneStatement(walk)) found(walk, 'a second statement follows')
  else if (kind === SQL.select) takeLateSelect(walk)
  else if (kind === SQL.from && walk.operands > 0 && isCatalogue(walk))
    found(walk, 'the catalogue of the database is read')
  else if (kind === SQL.from && walk.clean && walk.closers > 0 && isFromClause(walk, walk.i))
    found(walk, 'parentheses of the query are closed')
  else if (kind === SQL.forWord && wordAt(walk, walk.i + 1) === 'UPDATE') walk.i += 2
  else if (kind === SQL.name && wordAt(walk, walk.i) === 'LOCK' && kindAt(walk, walk.i + 1) === SQL.inside)
    walk.i += 4
  else stumble(walk)
}

/** `name DESC, …`: how a sort key goes on. */
function isDirection(walk: Walk): boolean {
  return (
    walk.context === 'bare' &&
    kindAt(walk, walk.i + 1) === SQL.comma &&
    /^(?:ASC|DESC)$/.test(wordAt(walk, walk.i))
  )
}

/** The call right behind a string has arguments as queries have them: no "user(s)". */
function isRealCall(walk: Walk): boolean {
  const start = walk.tokens.starts[walk.i + 2] ?? walk.text.length
  const argument = kindAt(walk, walk.i + 2)
  if (walk.operands !== 1 || walk.text.charCodeAt(walk.tokens.ends[walk.i] ?? 0) !== 40) return false
  if (argument === SQL.name)
    return kindAt(walk, walk.i + 3) === SQL.comma || /[0-9]/.test(walk.text[start] ?? '')
  return argument !== SQL.end && argument !== SQL.openString
}

// Only behind what was SQL up to here: "my query fails: INSERT INTO …" runs nothing.
function isLoneStatement(walk: Walk): boolean {
  const word = wordAt(walk, walk.i)
  if (word === 'DELETE' || word === 'CREATE') return false
  const isSure = walk.clean || /^(?:WAITFOR|EXEC(?:UTE)?|DECLARE)$/.test(word)
  return isSure && isStatement(walk, walk.i, false)
}

function isCatalogue(walk: Walk): boolean {
  return (
    isFromClause(walk, walk.i) &&
    /^(?:INFORMATION_SCHEMA|SYS|PG_|SQLITE_MASTER)/.test(wordAt(walk, walk.i + 1))
  )
}

function takeLateStatement(walk: Walk): void {
  // 'choose "Print", then' quotes a button.
  const isButton = wordAt(walk, walk.i) === 'PRINT' && quotesWords(walk)
  if (!isButton && isStatement(walk, walk.i, true)) found(walk, 'a statement follows a closed string')
  else stumble(walk)
}

function takeLateSelect(walk: Walk): void {
  // "-1 inion select 1 --": a misspelt or mangled join right behind the value.
  const literal = (isConstant(walk.last) && walk.clean) || (walk.i <= 3 && isMangledJoin(walk))
  const before = kindAt(walk, walk.i - 1)
  const joined = literal || (!walk.clean && (before === SQL.union || before === SQL.open))
  if (isSelect(walk, walk.i) && (joined || hasTable(walk, walk.i + 1))) {
    found(walk, 'a query follows a value')
    return
  }
  stumble(walk)
}
