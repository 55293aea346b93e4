import { LONGEST_SQL_WORD, SQL, sqlCallKind, sqlWordKind } from './sql-words.ts'

/**
 * How comments are read. `ansi`: `--` always starts one and `#` never does. `mysql`: `--` needs
 * white space after it, `#` starts one.
 */
export type CommentStyle = 'ansi' | 'mysql'

/** Where the value starts: as SQL text, or inside a string of the query. */
export type SqlContext = 'bare' | 'single' | 'double'

/** Most tokens one value may give; what follows is not read, and `truncated` says so. */
export const MOST_SQL_TOKENS = 500_000

/** The tokens of one value, comments that work as white space left out. */
export interface SqlTokens {
  readonly kinds: number[]
  readonly starts: number[]
  readonly ends: number[]
  /** A `/*! … *\/` comment, which MySQL executes, held SQL words. */
  versioned: boolean
  /** Comments used as white space. */
  blanks: number
  /** `#`, or `--` without white space after it, was seen: both comment styles must be tried. */
  ambiguous: boolean
  truncated: boolean
  /** MySQL's `1.e.name`: a number that is swallowed as part of a qualified name. */
  exponentDots: boolean
  /** A comment held the opening mark of another one. */
  nested: boolean
}

/** A value being split into tokens; `at` is the byte to go on with. */
export interface SqlLexer extends SqlTokens {
  readonly text: string
  readonly style: CommentStyle
  at: number
}

const SINGLE = 39
const DOUBLE = 34
const BACKTICK = 96

function isSpace(code: number): boolean {
  return code <= 32 || code === 0xa0
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

function isWordStart(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    code === 95 ||
    (code >= 0x80 && code !== 0xa0)
  )
}

function isWordPart(code: number): boolean {
  return isWordStart(code) || isDigit(code) || code === 36
}

function push(lexer: SqlLexer, kind: number, start: number): void {
  lexer.kinds.push(kind)
  lexer.starts.push(start)
  lexer.ends.push(lexer.at)
}

/** Moves past a string whose opening quote was read: backslash and doubling escape the quote. */
function readString(lexer: SqlLexer, quote: number, start: number): void {
  const { text } = lexer
  for (let i = lexer.at; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 92) {
      // Only MySQL escapes by backslash; elsewhere the quote behind one ends the string.
      const next = text.charCodeAt(i + 1)
      if (next === quote) lexer.ambiguous = true
      if (lexer.style === 'mysql' || next !== quote) i++
    } else if (code === quote) {
      if (text.charCodeAt(i + 1) === quote && i + 1 < text.length) i++
      else {
        lexer.at = i + 1
        push(lexer, SQL.string, start)
        return
      }
    }
  }
  lexer.at = text.length
  push(lexer, SQL.openString, start)
}

function readLineComment(lexer: SqlLexer, start: number): void {
  const line = lexer.text.indexOf('\n', start)
  if (line < 0) {
    lexer.at = lexer.text.length
    push(lexer, SQL.comment, start)
  } else {
    lexer.at = line + 1
    lexer.blanks++
  }
}

function readBlockComment(lexer: SqlLexer, start: number): void {
  const { text } = lexer
  if (text.charCodeAt(start + 2) === 33) {
    // MySQL executes what stands in here: go on behind the version number.
    let at = start + 3
    while (isDigit(text.charCodeAt(at))) at++
    lexer.at = at
    const word = /^\s*\(?\s*([A-Za-z_]+)/.exec(text.slice(at, at + 40))?.[1]
    if (at > start + 3 || (word !== undefined && sqlWordKind(word.toUpperCase()) !== SQL.name))
      lexer.versioned = true
    lexer.blanks++
    return
  }
  const end = text.indexOf('*/', start + 2)
  if (end < 0) {
    lexer.at = text.length
    push(lexer, SQL.comment, start)
  } else {
    lexer.at = end + 2
    lexer.blanks++
    if (text.slice(start + 2, end + 1).includes('/*')) lexer.nested = true
  }
}

function readDash(lexer: SqlLexer, start: number): void {
  const { text } = lexer
  if (text.charCodeAt(start + 1) === 45) {
    const spaced = start + 2 >= text.length || isSpace(text.charCodeAt(start + 2))
    if (!spaced) lexer.ambiguous = true
    if (spaced || lexer.style === 'ansi') {
      readLineComment(lexer, start)
      return
    }
  }
  lexer.at = text.startsWith('->>', start) ? start + 3 : text.startsWith('->', start) ? start + 2 : start + 1
  push(lexer, SQL.arithmetic, start)
}

const NUMBER =
  /0[xX][0-9a-fA-F]*|0[bB][01]*|(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+|[eE](?=[.\s]|$))?/y

function isExponentDot(text: string, start: number, end: number): boolean {
  const next = text.charCodeAt(end + 1)
  return (
    text.charCodeAt(end) === 46 &&
    (text.charCodeAt(end - 1) | 32) === 101 &&
    text.charCodeAt(start + 1) !== 120 &&
    (isWordStart(next) || next === BACKTICK)
  )
}

/** Splits `1OR`, `1DUNION` and the like; `2ND` or `60S` stays one name. */
function readNumber(lexer: SqlLexer, start: number): void {
  const { text } = lexer
  NUMBER.lastIndex = start
  if (!NUMBER.test(text)) {
    lexer.at = start + 1
    push(lexer, SQL.other, start)
    return
  }
  lexer.at = NUMBER.lastIndex
  if (isExponentDot(text, start, lexer.at)) {
    lexer.exponentDots = true
    lexer.at++
    push(lexer, SQL.dot, start)
    return
  }
  let end = lexer.at
  while (end < text.length && isWordPart(text.charCodeAt(end))) end++
  if (end > lexer.at) {
    const tail = text.slice(lexer.at, Math.min(end, lexer.at + LONGEST_SQL_WORD)).toUpperCase()
    const suffixed = /^[DF]./.test(tail) && sqlWordKind(tail.slice(1)) !== SQL.name
    if (suffixed) lexer.at++
    else if (sqlWordKind(tail) === SQL.name) {
      lexer.at = end
      push(lexer, SQL.name, start)
      return
    }
  }
  push(lexer, SQL.number, start)
}

/** Longest comment between a function's name and its parenthesis. */
const MOST_GAP_BYTES = 200

/** The index behind white space and short comments, which may stand before a parenthesis. */
function skipBlanks(text: string, from: number): number {
  let at = from
  for (let comments = 0; comments < 3; comments++) {
    while (at < text.length && isSpace(text.charCodeAt(at))) at++
    if (text.charCodeAt(at) !== 47 || text.charCodeAt(at + 1) !== 42) break
    const end = text.slice(at + 2, at + MOST_GAP_BYTES).indexOf('*/')
    if (end < 0) break
    at += end + 4
  }
  return at
}

function readWord(lexer: SqlLexer, start: number): void {
  const { text } = lexer
  let at = start + 1
  while (at < text.length && isWordPart(text.charCodeAt(at))) at++
  lexer.at = at
  const next = text.charCodeAt(at)
  if (next === SINGLE && at - start <= 2 && /^(?:n|b|x|e|q|nq)$/i.test(text.slice(start, at))) {
    lexer.at++
    if (/q$/i.test(text.slice(start, at))) readDelimited(lexer, start)
    else readString(lexer, SINGLE, start)
    return
  }
  if (at - start > LONGEST_SQL_WORD) {
    push(lexer, SQL.name, start)
    return
  }
  const upper = text.slice(start, at).toUpperCase()
  const after = skipBlanks(text, at)
  const kind = sqlWordKind(upper)
  let called = text.charCodeAt(after) === 40 ? sqlCallKind(upper) : 0
  if (called === 0 && kind === SQL.constant && text.charCodeAt(after) === 40) called = SQL.sqlCall
  push(lexer, called === 0 ? kind : called, start)
}

/** Oracle's q'[ … ]': the character after the quote chooses the closing one. */
function readDelimited(lexer: SqlLexer, start: number): void {
  const opener = lexer.text[lexer.at] ?? ''
  const pairs: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '<': '>' }
  const end = lexer.text.indexOf(`${pairs[opener] ?? opener}'`, lexer.at + 1)
  lexer.at = end < 0 ? lexer.text.length : end + 2
  push(lexer, end < 0 ? SQL.openString : SQL.string, start)
}

function readVariable(lexer: SqlLexer, start: number): void {
  const { text } = lexer
  let at = start + 1
  while (text.charCodeAt(at) === 64) at++
  const quote = text.charCodeAt(at)
  if (quote === SINGLE || quote === DOUBLE || quote === BACKTICK) {
    const end = text.indexOf(text[at] ?? '', at + 1)
    lexer.at = end < 0 ? text.length : end + 1
  } else {
    while (at < text.length && (isWordPart(text.charCodeAt(at)) || text.charCodeAt(at) === 46)) at++
    lexer.at = at
  }
  push(lexer, SQL.variable, start)
}

function readQuotedName(lexer: SqlLexer, start: number): void {
  const { text } = lexer
  const end = text.indexOf('`', start + 1)
  lexer.at = end < 0 ? text.length : end + 1
  const called = end < 0 ? 0 : sqlCallKind(text.slice(start + 1, end).toUpperCase())
  push(lexer, called !== 0 && text.charCodeAt(end + 1) === 40 ? called : SQL.name, start)
}

const BRACKETED = /\[[A-Za-z_][\w $]{0,60}\]/y

function readBracket(lexer: SqlLexer, start: number): void {
  BRACKETED.lastIndex = start
  const named = BRACKETED.test(lexer.text)
  lexer.at = named ? BRACKETED.lastIndex : start + 1
  push(lexer, named ? SQL.name : SQL.other, start)
}

const DOLLAR_TAG = /\$[A-Za-z_]*\$/y

function readDollar(lexer: SqlLexer, start: number): void {
  const { text } = lexer
  DOLLAR_TAG.lastIndex = start
  if (DOLLAR_TAG.test(text)) {
    const tag = text.slice(start, DOLLAR_TAG.lastIndex)
    const end = text.indexOf(tag, DOLLAR_TAG.lastIndex)
    lexer.at = end < 0 ? text.length : end + tag.length
    push(lexer, end < 0 ? SQL.openString : SQL.string, start)
    return
  }
  let at = start + 1
  while (at < text.length && (isWordPart(text.charCodeAt(at)) || text.charCodeAt(at) === 46)) at++
  lexer.at = at
  push(lexer, isDigit(text.charCodeAt(start + 1)) ? SQL.number : SQL.name, start)
}

const LONG_OPERATORS: readonly (readonly [string, number])[] = [
  ['<=>', SQL.comparison],
  ['&&', SQL.logic],
  ['||', SQL.logic],
  [':=', SQL.assign],
  ['::', SQL.cast],
  ['!=', SQL.comparison],
  ['<>', SQL.comparison],
  ['<=', SQL.comparison],
  ['>=', SQL.comparison],
  ['!<', SQL.comparison],
  ['!>', SQL.comparison],
  ['==', SQL.comparison],
  ['<<', SQL.arithmetic],
  ['>>', SQL.arithmetic],
  ['*/', SQL.end],
]

// By first byte, so that most signs are compared with nothing.
const LONG_BY_BYTE: readonly (readonly (readonly [string, number])[] | undefined)[] = Array.from(
  { length: 128 },
  (_, code) => {
    const own = LONG_OPERATORS.filter(([sign]) => sign.charCodeAt(0) === code)
    return own.length === 0 ? undefined : own
  },
)

const SINGLE_KINDS = new Uint8Array(256).fill(SQL.other)
for (const [signs, kind] of [
  ['=<>', SQL.comparison],
  ['+*/%^&|#', SQL.arithmetic],
  ['~!', SQL.unary],
  ['(', SQL.open],
  [')', SQL.close],
  [',', SQL.comma],
  [';', SQL.semicolon],
  ['.', SQL.dot],
  [':', SQL.colon],
  ['{', SQL.braceOpen],
  ['}', SQL.braceClose],
] as const)
  for (const sign of signs) SINGLE_KINDS[sign.charCodeAt(0)] = kind

function readOperator(lexer: SqlLexer, start: number): void {
  const { text } = lexer
  const code = text.charCodeAt(start)
  for (const [sign, kind] of LONG_BY_BYTE[code] ?? NO_SIGNS)
    if (text.startsWith(sign, start)) {
      lexer.at = start + sign.length
      // A stray end mark closes an executed comment.
      if (kind !== SQL.end) push(lexer, kind, start)
      return
    }
  lexer.at = start + 1
  push(lexer, SINGLE_KINDS[code] ?? SQL.other, start)
}

const NO_SIGNS: readonly (readonly [string, number])[] = []

function readOther(lexer: SqlLexer, start: number, code: number): void {
  const { text } = lexer
  const next = text.charCodeAt(start + 1)
  if (code === SINGLE || code === DOUBLE) {
    lexer.at = start + 1
    readString(lexer, code, start)
  } else if (code === BACKTICK) readQuotedName(lexer, start)
  else if (code === 45) readDash(lexer, start)
  else if (code === 47 && next === 42) readBlockComment(lexer, start)
  else if (code === 35) {
    lexer.ambiguous = true
    if (lexer.style === 'mysql') readLineComment(lexer, start)
    else readOperator(lexer, start)
  } else if (code === 64) readVariable(lexer, start)
  else if (code === 91) readBracket(lexer, start)
  else if (code === 36) readDollar(lexer, start)
  else if (code === 46 && isDigit(next)) readNumber(lexer, start)
  else if (code === 92 && next === 78) {
    lexer.at = start + 2
    push(lexer, SQL.constant, start)
  } else if (code === 92) lexer.at = start + 1
  else readOperator(lexer, start)
}

/** Begins to split a value into SQL tokens: nothing but the string that it may begin in has been read. */
export function openSqlLexer(text: string, context: SqlContext, style: CommentStyle): SqlLexer {
  const lexer: SqlLexer = {
    kinds: [],
    starts: [],
    ends: [],
    versioned: false,
    blanks: 0,
    ambiguous: false,
    truncated: false,
    exponentDots: false,
    nested: false,
    text,
    style,
    at: 0,
  }
  if (context !== 'bare') readString(lexer, context === 'single' ? SINGLE : DOUBLE, 0)
  return lexer
}

/** Reads the tokens that begin before byte `until`; true when none is left. Time is linear in the bytes read. */
export function lexOn(lexer: SqlLexer, until: number): boolean {
  const { text } = lexer
  const stop = Math.min(until, text.length)
  while (lexer.at < stop) {
    const start = lexer.at
    const code = text.charCodeAt(start)
    if (isSpace(code)) lexer.at++
    else if (isWordStart(code)) readWord(lexer, start)
    else if (isDigit(code)) readNumber(lexer, start)
    else readOther(lexer, start, code)
    if (lexer.kinds.length >= MOST_SQL_TOKENS) {
      lexer.truncated = true
      return true
    }
  }
  return lexer.at >= text.length
}

/** Splits a value into SQL tokens, in time linear in its length. */
export function lexSql(text: string, context: SqlContext, style: CommentStyle): SqlTokens {
  const lexer = openSqlLexer(text, context, style)
  lexOn(lexer, text.length)
  return lexer
}
