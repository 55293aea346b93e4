import type { SqlContext, SqlTokens } from './sql-lexer.ts'
import {
  hasTable,
  isAssignment,
  isFromClause,
  isSelect,
  isStatement,
  isUnion,
  kindAt,
  skipName,
  type SqlSource,
  wordAt,
} from './sql-shape.ts'
import { SQL } from './sql-words.ts'

/** What a finished operand was. */
const OPERAND = { none: 0, literal: 1, name: 2, variable: 3, call: 4, group: 5, open: 6 } as const

/** What has been read of the expression that the value would put into the query. */
interface Walk extends SqlSource {
  readonly context: SqlContext
  i: number
  /** An operand is expected next; otherwise an operator. */
  wanting: boolean
  /** Every token so far fitted the grammar, counted from the start of the value. */
  clean: boolean
  /** What each open parenthesis belongs to, and the operator that waits for it. */
  readonly groups: number[]
  readonly waiting: (0 | 1 | 2 | 3)[]
  readonly lefts: number[]
  /** Closing parentheses that close ones of the query. */
  closers: number
  cases: number
  betweens: number
  selects: number
  logic: number
  comparisons: number
  constantComparisons: number
  constantLogic: number
  arithmetic: number
  sqlCalls: number
  plainCalls: number
  variables: number
  operands: number
  commas: number
  first: number
  last: number
  left: number
  pending: 0 | 1 | 2 | 3
  ending: number
  /** A comparison had the same literal on both sides. */
  equal: boolean
  reason: string | null
}

const NOTHING = 0
const COMPARE = 1
const LOGIC = 2
const ARITHMETIC = 3

function isConstant(kind: number): boolean {
  return kind === OPERAND.literal || kind === OPERAND.open || kind === OPERAND.group
}

/** An operand is complete: settle the operator that waited for it. */
function finish(walk: Walk, kind: number): void {
  walk.operands++
  if (walk.operands === 1) walk.first = kind
  if (walk.pending === COMPARE) {
    walk.comparisons++
    if (isConstant(walk.left) && isConstant(kind)) walk.constantComparisons++
    if (kind === OPERAND.literal && walk.i >= 2 && wordAt(walk, walk.i) === wordAt(walk, walk.i - 2))
      walk.equal = true
  } else if (walk.pending === LOGIC) {
    if (isConstant(walk.left) && isConstant(kind)) walk.constantLogic++
  }
  walk.pending = NOTHING
  walk.last = kind
  walk.wanting = false
  walk.i++
}

function operator(walk: Walk, pending: 0 | 1 | 2 | 3): void {
  walk.left = walk.last
  walk.pending = pending
  walk.wanting = true
  if (pending === LOGIC) walk.logic++
  else if (pending === ARITHMETIC) walk.arithmetic++
  walk.i++
}

function found(walk: Walk, reason: string): void {
  walk.reason = reason
}

/** The text does not go on as SQL: forget the expression and look for the next place it could. */
function stumble(walk: Walk): void {
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
  while (!restarts(kindAt(walk, walk.i))) walk.i++
  const kind = kindAt(walk, walk.i)
  walk.wanting = kind === SQL.select || kind === SQL.variable
  if (kind === SQL.number || kind === SQL.string) walk.wanting = true
}

function restarts(kind: number): boolean {
  return (
    kind === SQL.end ||
    kind === SQL.logic ||
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

function openGroup(walk: Walk, kind: number, tokens: number): void {
  walk.groups.push(kind)
  walk.waiting.push(walk.pending)
  walk.lefts.push(walk.left)
  walk.i += tokens
  walk.wanting = true
  walk.pending = NOTHING
}

function closeGroup(walk: Walk): void {
  const kind = walk.groups.pop()
  if (kind === undefined) {
    walk.closers++
    walk.i++
    return
  }
  walk.pending = walk.waiting.pop() ?? NOTHING
  walk.left = walk.lefts.pop() ?? OPERAND.none
  finish(walk, kind === SQL.open ? OPERAND.group : OPERAND.call)
}

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

function takeName(walk: Walk): void {
  const behind = skipName(walk, walk.i)
  const after = Math.max(behind, walk.i + 1)
  if (kindAt(walk, after) === SQL.open) {
    openGroup(walk, SQL.name, after - walk.i + 1)
    return
  }
  walk.i = after - 1
  finish(walk, OPERAND.name)
}

function takeOperand(walk: Walk, kind: number): void {
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

function takeOperator(walk: Walk, kind: number): void {
  switch (kind) {
    case SQL.arithmetic:
      operator(walk, ARITHMETIC)
      return
    case SQL.comparison:
    case SQL.assign:
      // SOUNDS LIKE, and signs that some servers take together.
      if (kindAt(walk, walk.i + 1) === SQL.comparison) walk.i++
      operator(walk, COMPARE)
      return
    case SQL.logic:
      if (walk.betweens > 0) {
        walk.betweens--
        operator(walk, NOTHING)
      } else operator(walk, LOGIC)
      return
    case SQL.between:
      walk.betweens++
      operator(walk, COMPARE)
      return
    case SQL.is:
      operator(walk, COMPARE)
      if (kindAt(walk, walk.i) === SQL.not) walk.i++
      return
    case SQL.inside:
      if (kindAt(walk, walk.i + 1) === SQL.open) operator(walk, COMPARE)
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
      operator(walk, NOTHING)
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
    walk.i > 1
  )
    found(walk, 'the value ends in UNION')
  else stumble(walk)
}

function takeComment(walk: Walk): void {
  walk.ending = SQL.comment
  walk.i++
}

function takeSemicolon(walk: Walk): void {
  const next = kindAt(walk, walk.i + 1)
  const at = walk.i + 1
  if (next === SQL.verb && isStatement(walk, at, true)) found(walk, 'a second statement follows')
  else if (next === SQL.select && isSelect(walk, at)) found(walk, 'a second query follows')
  else if (next === SQL.set && isAssignment(walk, at)) found(walk, 'a second statement follows')
  else if (next === SQL.comment && walk.context !== 'bare' && walk.clean)
    found(walk, 'the rest of the query is cut off')
  else if (next === SQL.ifWord) {
    walk.i += 2
    walk.wanting = true
  } else stumble(walk)
}

function takeClause(walk: Walk, kind: number): void {
  switch (kind) {
    case SQL.having:
    case SQL.where:
      operator(walk, LOGIC)
      return
    case SQL.order:
    case SQL.group:
      takeOrder(walk)
      return
    case SQL.limit:
      takeLimit(walk)
      return
    case SQL.into:
      if (/^(?:OUT|DUMP)FILE$/.test(wordAt(walk, walk.i + 1)) && kindAt(walk, walk.i + 2) !== SQL.end)
        found(walk, 'the result is written to a file')
      else stumble(walk)
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
      operator(walk, NOTHING)
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

function takeCasePart(walk: Walk, kind: number): void {
  if (walk.cases === 0) stumble(walk)
  else if (kind === SQL.thenWord) found(walk, 'a conditional stands where a value belongs')
  else if (kind === SQL.endWord) {
    walk.cases--
    finish(walk, OPERAND.call)
  } else operator(walk, NOTHING)
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
  const closed = behind === SQL.comma || behind === SQL.comment || behind === SQL.union || behind === SQL.into
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
    operator(walk, NOTHING)
  else if (kind === SQL.braceClose) walk.i++
  else if (kind === SQL.plainCall && wordAt(walk, walk.i) === 'MOD') operator(walk, ARITHMETIC)
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

/** The call right behind a string has arguments as queries have them: no "user(s)". */
function isRealCall(walk: Walk): boolean {
  const start = walk.tokens.starts[walk.i + 2] ?? walk.text.length
  const argument = kindAt(walk, walk.i + 2)
  if (walk.operands !== 1 || walk.text.charCodeAt(walk.tokens.ends[walk.i] ?? 0) !== 40) return false
  if (argument === SQL.name)
    return kindAt(walk, walk.i + 3) === SQL.comma || /[0-9]/.test(walk.text[start] ?? '')
  return argument !== SQL.end && argument !== SQL.openString
}

function isLoneStatement(walk: Walk): boolean {
  const word = wordAt(walk, walk.i)
  return word !== 'DELETE' && word !== 'CREATE' && isStatement(walk, walk.i, false)
}

function isCatalogue(walk: Walk): boolean {
  return (
    isFromClause(walk, walk.i) &&
    /^(?:INFORMATION_SCHEMA|SYS|PG_|SQLITE_MASTER)/.test(wordAt(walk, walk.i + 1))
  )
}

function takeLateStatement(walk: Walk): void {
  if (isStatement(walk, walk.i, true)) found(walk, 'a statement follows a closed string')
  else stumble(walk)
}

function takeLateSelect(walk: Walk): void {
  // "-1 inion select 1 --": a misspelt or mangled join right behind the value.
  const literal = (isConstant(walk.last) && walk.clean) || (walk.i <= 3 && isMangledJoin(walk))
  if ((literal || !walk.clean) && isSelect(walk, walk.i)) {
    const before = kindAt(walk, walk.i - 1)
    if (literal || before === SQL.union || before === SQL.open) {
      found(walk, 'a query follows a value')
      return
    }
    if (hasTable(walk, walk.i + 1)) {
      found(walk, 'a query follows a value')
      return
    }
  }
  stumble(walk)
}

function isMangledJoin(walk: Walk): boolean {
  return (
    walk.i <= 3 &&
    !walk.clean &&
    kindAt(walk, walk.i - 2) === SQL.number &&
    kindAt(walk, walk.i - 1) !== SQL.comma
  )
}

/** The comment that ended the walk, as far as it is proof of a cut. */
function cutsRest(walk: Walk, alone: boolean): boolean {
  if (walk.ending !== SQL.comment) return false
  const at = walk.i - 1
  const start = walk.tokens.starts[at] ?? 0
  const sign = walk.text.charCodeAt(start)
  if (sign === 47) return true
  const text = walk.text.slice(start + (sign === 35 ? 1 : 2), start + 80)
  if (sign === 45 && !/^(?:[\s\xa0+-]|$)/.test(text)) return alone && start === walk.tokens.ends[at - 1]
  // "7' #2 needle" and "4' -- 5'" are sizes: a cut alone leaves no second quote and no text.
  const quote = walk.context === 'double' ? '"' : "'"
  if (!alone) return true
  return start === walk.tokens.ends[at - 1] ? !text.includes(quote) : text.trim().length <= 2
}

/** The expression ends, at the end of the value (`complete`) or where it stops being SQL. */
function judge(walk: Walk, complete: boolean): string | null {
  if (walk.operands === 0 && walk.closers === 0) return null
  return walk.context === 'bare' ? judgeBare(walk, complete) : judgeQuoted(walk, complete)
}

function judgeBare(walk: Walk, complete: boolean): string | null {
  const calls = walk.sqlCalls + walk.plainCalls
  const anchored =
    walk.clean &&
    (isConstant(walk.first) || walk.first === OPERAND.variable || (walk.first === OPERAND.call && calls > 0))
  if (walk.logic > 0 && walk.comparisons > 0 && (walk.clean || walk.cases === 0)) {
    if (walk.clean ? walk.constantComparisons > 0 : walk.constantComparisons > 0 && (complete || walk.equal))
      return 'a condition that is always or never true is added'
    if (walk.sqlCalls > 0 || walk.variables > 0) return 'a condition calls a function'
    if (anchored) return 'a condition is added'
  }
  if (!walk.clean) return null
  if (walk.logic > 0 && walk.sqlCalls > 0 && anchored) return 'a condition calls a function'
  const numeric = kindAt(walk, 0) !== SQL.string
  if (walk.constantLogic > 0 && numeric && !walk.wanting && walk.logic > 1)
    return 'a constant condition is added'
  if (complete && numeric && walk.constantLogic > 0 && kindAt(walk, walk.i - 1) === SQL.constant)
    return 'a constant condition is added'
  if (complete && walk.sqlCalls > 0 && !walk.wanting && (calls > 1 || (walk.arithmetic > 0 && anchored)))
    return 'functions of the database are called'
  if (complete && walk.operands > 0 && walk.last === OPERAND.call && calls === 1 && PROBES.test(walk.text))
    return 'functions of the database are called'
  return judgeCut(walk, anchored)
}

/** Calls that tell about the server, or stop it, when they are a whole value. */
const PROBES =
  /^\W*(?:sleep\s*\(\s*[0-9]|pg_sleep|benchmark|load_file|(?:sqlite_)?version\s*\(\s*\)|database\s*\(\s*\)|(?:current|system|session)_user\s*\()/i

function judgeCut(walk: Walk, anchored: boolean): string | null {
  const alone = walk.logic === 0 && walk.comparisons === 0
  if (walk.wanting || walk.commas > 0 || !cutsRest(walk, alone)) return null
  if (walk.comparisons > 0 || walk.closers > 0) return 'the rest of the query is cut off'
  if (!anchored) return null
  const start = walk.tokens.starts[walk.i - 1] ?? 0
  return /^\W{0,4}$/.test(walk.text.slice(start + 2, start + 80)) ? 'the rest of the query is cut off' : null
}

function judgeQuoted(walk: Walk, complete: boolean): string | null {
  if (!walk.clean) {
    return walk.logic > 0 && walk.constantComparisons > 0 && (complete || walk.equal)
      ? 'a condition that is always or never true is added'
      : null
  }
  if (walk.logic > 0 && walk.comparisons > 0) return 'a condition is added behind a closed string'
  if (walk.logic > 0 && (walk.sqlCalls > 0 || walk.variables > 0)) return 'a condition calls a function'
  if (walk.operands === 1 && walk.last === OPERAND.open) return null
  if (walk.tokens.kinds.length > 1 && cutsRest(walk, walk.logic + walk.comparisons === 0))
    return 'the rest of the query is cut off'
  if (complete && !walk.wanting && rejoins(walk)) return 'a string of the query is left and entered again'
  if (complete && !walk.wanting && walk.constantLogic > 0)
    if (walk.last !== OPERAND.literal || walk.arithmetic > 0) return 'a constant condition is added'
  if (complete && walk.operands > 1 && walk.sqlCalls > 0 && walk.arithmetic > 0)
    return 'a function of the database is called'
  return null
}

/** Longest outer strings around a lone operator: beyond it is prose that quotes a word. */
const MOST_OUTER_BYTES = 32

/** The value ends inside a string that the query's own quote closes. */
function rejoins(walk: Walk): boolean {
  const { kinds, starts, ends } = walk.tokens
  const last = kinds.length - 1
  const quote = walk.context === 'double' ? 34 : 39
  if (walk.last !== OPERAND.open || walk.operands < 2 || walk.commas > 0) return false
  if (walk.text.charCodeAt(starts[last] ?? 0) !== quote) return false
  if (kinds.length > 3) return true
  const before = (ends[0] ?? 1) - 1
  const after = walk.text.length - (starts[last] ?? 0) - 1
  // `"is" stamp` quotes a word; `'^'1` cannot be read so.
  const word = /[A-Za-z]/.test(walk.text[starts[1] ?? 0] ?? '')
  if ((before === 0) !== (after === 0) && (word || after > 2)) return false
  return before <= MOST_OUTER_BYTES && after <= MOST_OUTER_BYTES
}

function start(tokens: SqlTokens, text: string, context: SqlContext): Walk {
  return {
    tokens,
    text,
    context,
    i: 0,
    wanting: true,
    clean: true,
    groups: [],
    waiting: [],
    lefts: [],
    closers: 0,
    cases: 0,
    betweens: 0,
    selects: 0,
    logic: 0,
    comparisons: 0,
    constantComparisons: 0,
    constantLogic: 0,
    arithmetic: 0,
    sqlCalls: 0,
    plainCalls: 0,
    variables: 0,
    operands: 0,
    commas: 0,
    first: OPERAND.none,
    last: OPERAND.none,
    left: OPERAND.none,
    pending: NOTHING,
    ending: 0,
    equal: false,
    reason: null,
  }
}

/**
 * Reads a value as the text it would be inside a query and tells how it would change that query:
 * a sentence for people, or null when it would stay a value.
 */
export function walkSql(tokens: SqlTokens, text: string, context: SqlContext): string | null {
  const walk = start(tokens, text, context)
  const first = kindAt(walk, 0)
  if (tokens.nested && tokens.kinds.some((kind) => kind === SQL.union || kind === SQL.select))
    return 'a comment hides the opening of another one'
  // A path starts with a binary operator and so is no operand; its last segment is judged by itself.
  if (context === 'bare' && /^\/[\w.-]/.test(text) && tokens.blanks === 0) return null
  if (context === 'bare' && first === SQL.verb && isStatement(walk, 0, false))
    return 'the value is a statement'
  if (context === 'bare' && first === SQL.semicolon) walk.wanting = false
  if (context === 'bare' && first === SQL.ifWord) walk.i = 1
  const count = tokens.kinds.length
  while (walk.i < count && walk.reason === null) {
    const kind = kindAt(walk, walk.i)
    if (walk.wanting) takeOperand(walk, kind)
    else takeOperator(walk, kind)
  }
  if (walk.reason !== null) return walk.reason
  if (tokens.truncated) return 'there are more tokens than can be judged'
  if (tokens.versioned && walk.operands > 0) return 'a comment that MySQL executes holds SQL'
  return judge(walk, true)
}
