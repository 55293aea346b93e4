/** What a token of JavaScript is, as far as concatenations are concerned. */
export type TokenKind = 'word' | 'number' | 'string' | 'template' | 'regex' | 'mark'

/** A token; white space and comments lie between tokens. */
export interface Token {
  readonly kind: TokenKind
  readonly start: number
  /** Exclusive. */
  readonly end: number
  readonly text: string
  /** A line ends between the token before and this one. */
  readonly isAfterLine: boolean
  /** Of a template: where its substitutions start and end in the source, without their braces. */
  readonly substitutions?: readonly { readonly start: number; readonly end: number }[]
}

/** Words behind which an operand follows and no operator. */
export const operatorWords: ReadonlySet<string> = new Set(
  'return typeof case in of delete void throw new do else instanceof yield await extends default export import if while for switch with catch let const var async function class'.split(
    ' ',
  ),
)

const marks = [
  '>>>=', '...', '===', '!==', '**=', '<<=', '>>=', '>>>', '&&=', '||=', '??=', '=>', '==', '!=', '<=', '>=', '&&', '||',
  '??', '?.', '++', '--', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '<<', '>>', '**',
] // prettier-ignore

// Everything beyond ASCII counts as a letter: the property of being one costs the start of a process 30 ms to compile.
const wordForm = /[A-Za-z_$#\\\u0080-\uffff][\w$\\\u0080-\uffff]*/y
const numberForm =
  /(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?)n?/y

/** Thrown for a source that is not understood; it stays as it is. */
export class UnreadableSource extends Error {}

function endOfString(source: string, start: number): number {
  const quote = source[start]
  for (let i = start + 1; i < source.length; i += 1) {
    if (source[i] === '\\') i += 1
    else if (source[i] === quote) return i + 1
    else if (source[i] === '\n') break
  }
  throw new UnreadableSource('a string stays open')
}

function endOfRegex(source: string, start: number): number {
  let isClass = false
  for (let i = start + 1; i < source.length; i += 1) {
    const mark = source[i]
    if (mark === '\\') i += 1
    else if (mark === '\n') break
    else if (mark === '[') isClass = true
    else if (mark === ']') isClass = false
    else if (mark === '/' && !isClass) {
      let end = i + 1
      while (/[a-z]/i.test(source[end] ?? '')) end += 1
      return end
    }
  }
  throw new UnreadableSource('a regular expression stays open')
}

/** Ends of an operand: what follows is an operator. */
export function endsOperand(token: Token | undefined): boolean {
  if (token === undefined) return false
  if (token.kind === 'mark')
    return (
      token.text === ')' ||
      token.text === ']' ||
      token.text === '}' ||
      token.text === '++' ||
      token.text === '--'
    )
  return token.kind !== 'word' || !operatorWords.has(token.text)
}

function startsRegex(tokens: readonly Token[], opener: number): boolean {
  const last = tokens.at(-1)
  if (last === undefined) return true
  if (last.kind === 'mark' && last.text === ')') {
    // Behind `if (…)` and its like a statement follows, behind any other parenthesis an operator.
    const before = tokens[opener - 1]
    return (
      before?.kind === 'word' &&
      /^(?:if|while|for|with)$/.test(before.text) &&
      tokens[opener - 2]?.text !== '.'
    )
  }
  // Behind a block a statement follows; a division of an object literal is nothing anybody writes.
  if (last.kind === 'mark' && last.text === '}') return true
  if (last.kind === 'word' && operatorWords.has(last.text) && tokens.at(-2)?.text === '.') return false
  return !endsOperand(last)
}

interface Reading {
  readonly source: string
  readonly tokens: Token[]
  /** Indexes of open brackets. */
  readonly open: number[]
  /** Index of the opener of the parenthesis that was closed last. */
  closedOpener: number
}

function readTemplate(
  source: string,
  start: number,
): { end: number; substitutions: { start: number; end: number }[] } {
  const substitutions: { start: number; end: number }[] = []
  for (let i = start + 1; i < source.length; i += 1) {
    if (source[i] === '\\') i += 1
    else if (source[i] === '`') return { end: i + 1, substitutions }
    else if (source[i] === '$' && source[i + 1] === '{') {
      const end = readUntilBrace(source, i + 2)
      substitutions.push({ start: i + 2, end })
      i = end
    }
  }
  throw new UnreadableSource('a template stays open')
}

/** Position of the brace that closes a substitution which starts here. */
function readUntilBrace(source: string, start: number): number {
  let depth = 0
  let end = -1
  readTokensFrom(source, start, (token) => {
    if (token.kind !== 'mark') return true
    if (token.text === '{') depth += 1
    if (token.text !== '}') return true
    if (depth === 0) {
      end = token.start
      return false
    }
    depth -= 1
    return true
  })
  if (end < 0) throw new UnreadableSource('a substitution stays open')
  return end
}

function markAt(source: string, at: number): string {
  for (const mark of marks)
    if (source.startsWith(mark, at)) {
      if (mark === '?.' && /\d/.test(source[at + 2] ?? '')) continue
      return mark
    }
  return source[at] ?? ''
}

function skipSpace(source: string, start: number): { at: number; hasLine: boolean } {
  let at = start
  let hasLine = false
  for (;;) {
    const mark = source[at]
    if (mark === undefined) break
    if (mark === '\n' || mark === '\r' || mark === '\u2028' || mark === '\u2029') {
      hasLine = true
      at += 1
    } else if (/\s|\uFEFF/.test(mark)) at += 1
    else if (mark === '/' && source[at + 1] === '/') {
      const end = source.indexOf('\n', at)
      at = end < 0 ? source.length : end
    } else if (mark === '/' && source[at + 1] === '*') {
      const end = source.indexOf('*/', at + 2)
      if (end < 0) throw new UnreadableSource('a comment stays open')
      if (source.slice(at, end).includes('\n')) hasLine = true
      at = end + 2
    } else break
  }
  return { at, hasLine }
}

function readToken(reading: Reading, at: number, isAfterLine: boolean): Token {
  const { source, tokens } = reading
  const mark = source[at] ?? ''
  const make = (kind: TokenKind, end: number): Token => ({
    kind,
    start: at,
    end,
    text: source.slice(at, end),
    isAfterLine,
  })
  if (mark === '"' || mark === "'") return make('string', endOfString(source, at))
  if (mark === '`') {
    const { end, substitutions } = readTemplate(source, at)
    return { ...make('template', end), substitutions }
  }
  if (/\d/.test(mark) || (mark === '.' && /\d/.test(source[at + 1] ?? ''))) {
    numberForm.lastIndex = at
    return make('number', at + (numberForm.exec(source)?.[0].length ?? 1))
  }
  if (mark === '/' && startsRegex(tokens, reading.closedOpener)) return make('regex', endOfRegex(source, at))
  wordForm.lastIndex = at
  const word = wordForm.exec(source)?.[0]
  if (word !== undefined) return make('word', at + word.length)
  return make('mark', at + markAt(source, at).length)
}

function readTokensFrom(source: string, start: number, take: (token: Token) => boolean): void {
  const reading: Reading = { source, tokens: [], open: [], closedOpener: -1 }
  let next = skipSpace(source, start)
  while (next.at < source.length) {
    const token = readToken(reading, next.at, next.hasLine)
    reading.tokens.push(token)
    if (token.kind === 'mark') {
      if (token.text === '(' || token.text === '[' || token.text === '{')
        reading.open.push(reading.tokens.length - 1)
      else if (token.text === ')' || token.text === ']' || token.text === '}') {
        const opener = reading.open.pop()
        if (token.text === ')') reading.closedOpener = opener ?? -1
      }
    }
    if (!take(token)) return
    next = skipSpace(source, token.end)
  }
}

/** Cuts a source into tokens. Throws `UnreadableSource`. */
export function readTokens(source: string): readonly Token[] {
  const tokens: Token[] = []
  const start = source.startsWith('#!') ? Math.max(0, source.indexOf('\n')) : 0
  readTokensFrom(source, start, (token) => {
    tokens.push(token)
    return true
  })
  return tokens
}
