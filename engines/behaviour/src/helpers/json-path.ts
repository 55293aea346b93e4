/**
 * The text of a member of a JSON text, found without reading the rest, as CrowdSec's JsonExtract gives it: strings
 * without quotes and with their escapes as written, numbers, objects and arrays as written, `null` and missing as
 * undefined. Steps are keys, or `[n]` for items. Linear in the text.
 */
export function jsonTextAt(text: string, path: readonly string[]): string | undefined {
  const span = jsonSpanAt(text, path)
  if (span === undefined) return undefined
  const [from, to] = span
  if (text[from] === '"') return text.slice(from + 1, to - 1)
  const found = text.slice(from, to)
  return found === 'null' ? undefined : found
}

/** As {@link jsonTextAt}, with the escapes of a string resolved; undefined when the member is no string. */
export function jsonStringAt(text: string, path: readonly string[]): string | undefined {
  const span = jsonSpanAt(text, path)
  return span === undefined || text[span[0]] !== '"' ? undefined : unescaped(text.slice(...span))
}

/** Steps of a path such as `a.b[0].c`. */
export function jsonPath(target: string): readonly string[] {
  const dotted = target.startsWith('[') ? target : target.replaceAll('[', '.[')
  return dotted.split('.')
}

type Span = readonly [from: number, to: number]

function jsonSpanAt(text: string, path: readonly string[]): Span | undefined {
  let at = skipSpace(text, 0)
  for (const step of path) {
    const isItem = /^\[\d{1,9}\]$/.test(step)
    const next: number = isItem ? itemStart(text, at, Number(step.slice(1, -1))) : memberStart(text, at, step)
    if (next < 0) return undefined
    at = next
  }
  const end = valueEnd(text, at)
  return end < 0 ? undefined : [at, end]
}

/** Where the value of a key starts in the object at a place; -1 when there is none. */
function memberStart(text: string, start: number, key: string): number {
  if (text[start] !== '{') return -1
  let at = skipSpace(text, start + 1)
  while (text[at] === '"') {
    const keyEnd = stringEnd(text, at)
    const colon = keyEnd < 0 ? -1 : skipSpace(text, keyEnd)
    if (colon < 0 || text[colon] !== ':') return -1
    const value = skipSpace(text, colon + 1)
    if (isKey(text.slice(at, keyEnd), key)) return value
    const end = valueEnd(text, value)
    if (end < 0) return -1
    at = skipSpace(text, end)
    if (text[at] !== ',') return -1
    at = skipSpace(text, at + 1)
  }
  return -1
}

function isKey(quoted: string, key: string): boolean {
  return quoted.includes('\\')
    ? unescaped(quoted) === key
    : quoted.length === key.length + 2 && quoted.startsWith(key, 1)
}

function itemStart(text: string, start: number, index: number): number {
  if (text[start] !== '[') return -1
  let at = skipSpace(text, start + 1)
  if (text[at] === ']') return -1
  for (let item = 0; item < index; item++) {
    const end = valueEnd(text, at)
    const comma = end < 0 ? -1 : skipSpace(text, end)
    if (comma < 0 || text[comma] !== ',') return -1
    at = skipSpace(text, comma + 1)
  }
  return at
}

/** Where the value at a place ends (exclusive); -1 when it has no end. Brackets in texts do not count. */
function valueEnd(text: string, start: number): number {
  const first = text[start]
  if (first === undefined) return -1
  if (first === '"') return stringEnd(text, start)
  if (first !== '{' && first !== '[') return scalarEnd(text, start)
  let depth = 0
  for (let at = start; at < text.length; at++) {
    const unit = text[at]
    if (unit === '"') {
      at = stringEnd(text, at) - 1
      if (at < 0) return -1
    } else if (unit === '{' || unit === '[') depth += 1
    else if (unit === '}' || unit === ']') {
      depth -= 1
      if (depth === 0) return at + 1
    }
  }
  return -1
}

const scalarStop = /[,}\]\s]/g

function scalarEnd(text: string, start: number): number {
  scalarStop.lastIndex = start
  const end = scalarStop.exec(text)?.index ?? text.length
  return end === start ? -1 : end
}

function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === 0x5c) at += 1
    else if (unit === 0x22) return at + 1
  }
  return -1
}

function skipSpace(text: string, start: number): number {
  let at = start
  for (
    let unit = text.charCodeAt(at);
    unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09;
    unit = text.charCodeAt(at)
  )
    at += 1
  return at
}

function unescaped(quoted: string): string | undefined {
  try {
    const value: unknown = JSON.parse(quoted)
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}
