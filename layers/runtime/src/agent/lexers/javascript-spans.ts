import { Spans, kinds } from './spans.ts'

// A slash behind one of these starts a regular expression; behind anything else it divides (ECMA-262, section 12.9.5).
const beforeRegex =
  /(?:^|[([{,;=:?!&|+\-*%^~<>]|\b(?:return|typeof|case|in|of|delete|void|throw|new|do|else|instanceof|yield|await))\s*$/

// Sticky patterns and no loops: the first text of a process, of which much is read at its start, is read as fast as the
// thousandth. None of them can go back over more than it has read.
const restOfQuoted: Readonly<Record<string, RegExp>> = {
  "'": /[^'\\\n]*(?:\\[^][^'\\\n]*)*(?:['\n]|\\$)?/y,
  '"': /[^"\\\n]*(?:\\[^][^"\\\n]*)*(?:["\n]|\\$)?/y,
}
const restOfTemplate = /[^`\\$]*(?:(?:\\[^]|\$(?!\{))[^`\\$]*)*/y
const restOfRegex = /[^\\/\n[]*(?:(?:\\[^]|\[[^\\\]\n]*(?:\\[^][^\\\]\n]*)*\])[^\\/\n[]*)*\//y

/** Where the match ends that begins at a position; undefined without one. */
function endOf(pattern: RegExp | undefined, code: string, start: number): number | undefined {
  if (pattern === undefined) return undefined
  pattern.lastIndex = start
  return pattern.test(code) ? pattern.lastIndex : undefined
}

interface Reader {
  readonly code: string
  readonly spans: Spans
  /** For each open template substitution the number of braces inside it. */
  readonly substitutions: number[]
}

function readTemplate({ code, spans, substitutions }: Reader, start: number): number {
  const end = endOf(restOfTemplate, code, start) ?? start
  spans.mark(start, end, kinds.literal)
  if (code[end] === '`') {
    spans.mark(end, end + 1, kinds.delimiter)
    return end + 1
  }
  if (code[end] !== '$') {
    spans.mark(end, code.length, kinds.literal) // a backslash that nothing follows
    return code.length
  }
  spans.mark(end, end + 2, kinds.delimiter)
  substitutions.push(0)
  return end + 2
}

function readToken(reader: Reader, at: number): number {
  const { code, spans, substitutions } = reader
  const mark = code[at]
  const depth = substitutions.length - 1
  if (mark === "'" || mark === '"') {
    const end = endOf(restOfQuoted[mark], code, at + 1) ?? code.length
    spans.mark(at, end, kinds.delimiter)
    spans.mark(at + 1, end - 1, kinds.literal)
    return end
  }
  if (mark === '`') {
    spans.mark(at, at + 1, kinds.delimiter)
    return readTemplate(reader, at + 1)
  }
  if (mark === '{' && depth >= 0) substitutions[depth] = (substitutions[depth] ?? 0) + 1
  if (mark === '}' && depth >= 0) {
    if (substitutions[depth] === 0) {
      substitutions.pop()
      spans.mark(at, at + 1, kinds.delimiter)
      return readTemplate(reader, at + 1)
    }
    substitutions[depth] = (substitutions[depth] ?? 1) - 1
  }
  if (mark !== '/') return at + 1
  if (code[at + 1] === '/' || code[at + 1] === '*') {
    const close = code[at + 1] === '/' ? code.indexOf('\n', at) : code.indexOf('*/', at + 2)
    const end = close < 0 ? code.length : close + (code[at + 1] === '/' ? 0 : 2)
    spans.mark(at, end, kinds.comment)
    return end
  }
  if (!beforeRegex.test(code.slice(Math.max(0, at - 16), at))) return at + 1
  const end = endOf(restOfRegex, code, at + 1)
  if (end === undefined) return at + 1
  spans.mark(at, end, kinds.literal)
  return end
}

const marks = /['"`/]/g
const marksInTemplate = /['"`/{}]/g

/** Where the next character stands that begins something other than code. One search, and not a call for each character. */
function nextMark({ code, substitutions }: Reader, from: number): number {
  const wanted = substitutions.length === 0 ? marks : marksInTemplate
  wanted.lastIndex = from
  return wanted.test(code) ? wanted.lastIndex - 1 : code.length
}

/** What JavaScript makes of each character: strings, templates, regular expressions and comments apart from code. */
export function readJavaScript(code: string): Spans {
  const reader: Reader = { code, spans: new Spans(code.length), substitutions: [] }
  for (let at = nextMark(reader, 0); at < code.length;) at = nextMark(reader, readToken(reader, at))
  return reader.spans
}
