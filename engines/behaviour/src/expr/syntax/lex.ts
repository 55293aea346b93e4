import { ExprError } from '../error.ts'

/** One token. `value` of a text is what it stands for; of a number its digits. */
export interface Token {
  readonly kind: 'name' | 'number' | 'text' | 'operator' | 'end'
  readonly value: string
  readonly offset: number
}

const wordOperators = new Set([
  'and',
  'or',
  'not',
  'in',
  'matches',
  'contains',
  'startsWith',
  'endsWith',
  'let',
  'if',
  'else',
])

/** Longest first, so that `**` is not read as two. */
const symbols = [
  '?.',
  '??',
  '||',
  '&&',
  '==',
  '!=',
  '<=',
  '>=',
  '**',
  '..',
  '::',
  '?',
  ':',
  ',',
  ';',
  '|',
  '!',
  '=',
  '<',
  '>',
  '+',
  '-',
  '*',
  '/',
  '%',
  '^',
  '.',
  '#',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
]

const space = /[ \t\r\n]+/y
const lineComment = /\/\/[^\n]*/y
const name = /[\p{L}_$][\p{L}\p{N}_$]*/uy
const number =
  /0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:[0-9][0-9_]*)?\.[0-9][0-9_]*(?:[eE][+-]?[0-9]+)?|[0-9][0-9_]*(?:[eE][+-]?[0-9]+)?/y

/** Splits a source into tokens; the last is always `end`. Throws {@link ExprError} (EXPR_SYNTAX). */
export function lex(source: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(source)?.[0]
  }
  while (at < source.length) {
    const skipped = take(space) ?? take(lineComment) ?? blockComment(source, at)
    if (skipped !== undefined) {
      at += skipped.length
      continue
    }
    const offset = at
    const quote = source[at] ?? ''
    if (quote === '"' || quote === "'" || quote === '`') {
      const [value, end] = readText(source, at)
      tokens.push({ kind: 'text', value, offset })
      at = end
      continue
    }
    const word = take(name)
    // A digit run before `..` is a whole number: `1..3` has no fraction.
    const digits = word === undefined ? take(number) : undefined
    const found = word ?? digits ?? symbols.find((symbol) => source.startsWith(symbol, at))
    if (found === undefined)
      throw new ExprError('EXPR_SYNTAX', `unexpected character ${JSON.stringify(quote)}`, { source, offset })
    tokens.push({ kind: kindOf(word, digits), value: found, offset })
    at += found.length
  }
  tokens.push({ kind: 'end', value: '', offset: source.length })
  return tokens
}

/** A comment that starts here; one without an end is an error, and not looked for again at each sign of division. */
function blockComment(source: string, at: number): string | undefined {
  if (!source.startsWith('/*', at)) return undefined
  const end = source.indexOf('*/', at + 2)
  if (end < 0) throw new ExprError('EXPR_SYNTAX', 'comment without an end', { source, offset: at })
  return source.slice(at, end + 2)
}

function kindOf(word: string | undefined, digits: string | undefined): Token['kind'] {
  if (word !== undefined) return wordOperators.has(word) ? 'operator' : 'name'
  return digits === undefined ? 'operator' : 'number'
}

const singleEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '`': '`',
  '?': '?',
}
const numberEscape = /x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})/y

/** The text that starts at a quote, and where it ends. Back-quoted texts have no escapes. */
function readText(source: string, start: number): readonly [string, number] {
  const quote = source[start]
  const fail = (message: string, offset: number): ExprError =>
    new ExprError('EXPR_SYNTAX', message, { source, offset })
  let value = ''
  let at = start + 1
  for (;;) {
    const unit = source[at]
    if (unit === undefined) throw fail('text without an end', start)
    if (unit === quote) return [value, at + 1]
    if (quote === '`' || unit !== '\\') {
      if (unit === '\n' && quote !== '`') throw fail('text without an end', start)
      value += unit
      at += 1
      continue
    }
    const single = singleEscapes[source[at + 1] ?? '']
    numberEscape.lastIndex = at + 1
    const numeric = single === undefined ? numberEscape.exec(source) : null
    if (single !== undefined) {
      value += single
      at += 2
    } else if (numeric !== null) {
      value += characterOf(numeric, () => fail('no such character', at))
      at += 1 + numeric[0].length
    } else {
      throw fail('unknown escape', at)
    }
  }
}

function characterOf(escape: RegExpExecArray, fail: () => ExprError): string {
  const code =
    escape[4] === undefined
      ? Number.parseInt(escape[1] ?? escape[2] ?? escape[3] ?? '', 16)
      : Number.parseInt(escape[4], 8)
  if (code > 0x10ffff) throw fail()
  return String.fromCodePoint(code)
}
