import type { IncomingMessage } from 'node:http'

/** Strings of one request that are looked at. */
export const maxInputs = 10_000
/** Longest single input that is looked at; the rest of it is cut. */
export const maxInputLength = 65_536
const maxDepth = 16

/** Headers whose values an application does not build statements from; leaving them out keeps the list short. */
const dullHeaders = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'connection',
  'content-length',
  'content-type',
  'host',
  'keep-alive',
  'origin',
  'pragma',
  'te',
  'transfer-encoding',
  'upgrade',
  'upgrade-insecure-requests',
])

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text // used as it is, as lenient parsers do
  }
}

/** Adds every string of a value: keys too, because applications build column names from them. */
export function collectStrings(value: unknown, into: Set<string>, depth: number = 0): void {
  if (into.size >= maxInputs || depth > maxDepth) return
  if (typeof value === 'string') {
    if (value.length > 1) into.add(value.length > maxInputLength ? value.slice(0, maxInputLength) : value)
  } else if (Array.isArray(value)) {
    for (const item of value) collectStrings(item, into, depth + 1)
  } else if (typeof value === 'object' && value !== null) {
    for (const key of Object.keys(value)) {
      if (key.length > 2) into.add(key)
      collectStrings((value as Record<string, unknown>)[key], into, depth + 1)
    }
  }
}

function addPairs(text: string, separator: RegExp, into: Set<string>): void {
  for (const pair of text.split(separator)) {
    if (into.size >= maxInputs) return
    const split = pair.indexOf('=')
    collectStrings(decode(split < 0 ? pair : pair.slice(split + 1)), into)
    if (split > 0) collectStrings(decode(pair.slice(0, split)), into)
  }
}

function addTarget(target: string, into: Set<string>): void {
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  for (const segment of path.split('/')) if (segment.length > 1) collectStrings(decode(segment), into)
  if (mark >= 0) addPairs(target.slice(mark + 1), /&/, into)
}

function addHeaders(request: IncomingMessage, into: Set<string>): void {
  for (const [name, value] of Object.entries(request.headers)) {
    if (dullHeaders.has(name) || name.startsWith('sec-')) continue
    if (name === 'cookie' && typeof value === 'string') addPairs(value, /;\s*/, into)
    else collectStrings(value, into)
  }
}

function addMultipart(text: string, into: Set<string>): void {
  for (const part of text.split(/\r?\n--[^\r\n]*\r?\n?|^--[^\r\n]*\r?\n/)) {
    const split = part.search(/\r?\n\r?\n/)
    if (split < 0) continue
    for (const name of part.slice(0, split).matchAll(/name="([^"]*)"/g)) collectStrings(name[1], into)
    collectStrings(part.slice(split).trim(), into)
  }
}

/** Adds what a raw body holds, by its content type; JSON bodies come through `collectStrings` once parsed. */
export function collectBody(contentType: string, text: string, into: Set<string>): void {
  if (text === '') return
  if (contentType.includes('x-www-form-urlencoded')) addPairs(text, /&/, into)
  else if (contentType.includes('multipart/')) addMultipart(text, into)
  else collectStrings(text, into)
}

/** Everything that came with the head of a request, and what frameworks left on it. */
export function collectHead(request: IncomingMessage, into: Set<string>): void {
  addTarget(request.url ?? '', into)
  addHeaders(request, into)
  const extended = request as unknown as Readonly<Record<string, unknown>>
  for (const key of ['params', 'cookies', 'signedCookies', 'body']) collectStrings(extended[key], into)
}
