/** A Content-Disposition of a part, as far as it could be read. */
export interface Disposition {
  readonly name: string | null
  readonly fileName: string | null
  readonly invalidQuoting: boolean
  readonly error: string | null
}

interface Draft {
  name: string | null
  fileName: string | null
  extendedFileName: string | null
  invalidQuoting: boolean
}

interface Parameter {
  readonly value: string
  readonly next: number
}

/**
 * Reads `form-data; name="a"; filename="b"` (RFC 7578, 4.2) strictly: anything that a browser would not send is an
 * error, because another reader may take it differently.
 */
export function readDisposition(text: string): Disposition {
  const draft: Draft = { name: null, fileName: null, extendedFileName: null, invalidQuoting: false }
  const error = readParameters(text, draft)
  return {
    name: draft.name,
    fileName: draft.fileName ?? draft.extendedFileName,
    invalidQuoting: draft.invalidQuoting,
    error: error === null ? null : `Multipart: Invalid Content-Disposition header (${error}).`,
  }
}

function readParameters(text: string, draft: Draft): string | null {
  if (!text.startsWith('form-data')) return 'not form-data'
  let at = skipBlanks(text, 'form-data'.length)
  if (at >= text.length) return null
  if (text[at] !== ';') return 'semicolon missing'
  at++
  while (at < text.length) {
    at = skipBlanks(text, at)
    const name = /^[^= \t]*/.exec(text.slice(at))?.[0] ?? ''
    at = skipBlanks(text, at + name.length)
    if (text[at] !== '=') return 'value missing'
    at = skipBlanks(text, at + 1)
    if (at >= text.length) return 'value missing'
    const parameter = name === 'filename*' ? readExtended(text, at) : readValue(text, at, draft)
    if (typeof parameter === 'string') return parameter
    const fault = store(draft, name, parameter.value)
    if (fault !== null) return fault
    at = skipBlanks(text, parameter.next)
    if (at < text.length && text[at] !== ';') draft.invalidQuoting = true
    at++
  }
  return null
}

function store(draft: Draft, name: string, value: string): string | null {
  if (name === 'name') {
    if (draft.name !== null) return 'Duplicate Content-Disposition name'
    draft.name = value
  } else if (name === 'filename') {
    if (draft.fileName !== null) return 'Duplicate Content-Disposition filename'
    draft.fileName = value
  } else if (name === 'filename*') {
    if (draft.extendedFileName !== null) return 'Duplicate Content-Disposition filename*'
    draft.extendedFileName = value
  } else return 'unknown parameter'
  return null
}

function readValue(text: string, start: number, draft: Draft): Parameter | string {
  const quote = text[start]
  if (quote !== '"' && quote !== "'") {
    const token = /^[^\0-\x20\x7f()<>@,;:\\"/[\]?={}]*/.exec(text.slice(start))?.[0] ?? ''
    return { value: token, next: start + token.length }
  }
  if (quote === "'") draft.invalidQuoting = true
  let value = ''
  for (let at = start + 1; at < text.length; at++) {
    const unit = text.charAt(at)
    if (unit === quote) return { value, next: at + 1 }
    const next = text[at + 1]
    // Only the quote and the backslash can be escaped; other backslashes are sent by old browsers in paths.
    if (unit === '\\' && (next === quote || next === '\\')) {
      value += next
      at++
    } else value += unit
  }
  return 'quote is never closed'
}

/** `charset'language'value` (RFC 8187). */
function readExtended(text: string, start: number): Parameter | string {
  const match = /^([^']*)'([^']*)'([^ \t;]*)/.exec(text.slice(start))
  if (match === null) return '-17 language missing'
  if (match[1] === '') return '-16 charset missing'
  return { value: match[3] ?? '', next: start + match[0].length }
}

function skipBlanks(text: string, from: number): number {
  let at = from
  while (text[at] === ' ' || text[at] === '\t') at++
  return at
}
