import type { IncomingMessage } from 'node:http'
import { climbingNames, isArchive } from './archive-names.ts'
import { parseJson } from './parse-json.ts'

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

// Headers that clients and proxies write in ways of their own.
const usual =
  /^(?:accept.*|authorization|baggage|cookie2|dnt|etag|expect|forwarded|if-.*|priority|range|referer|sec-.*|trace.*|user-agent|via|x-forwarded-.*|x-real-ip|x-request-id|x-sevenfold-.*)$/

/** True for a header whose odd characters mean nothing. */
export function isUsualHeader(name: string): boolean {
  return dullHeaders.has(name) || usual.test(name)
}

/** True for a header that brings no input. */
export function isDullHeader(name: string): boolean {
  return dullHeaders.has(name) || name.startsWith('sec-')
}

function decode(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text // used as it is, as lenient parsers do
  }
}

/** Forms and queries write a space as a plus sign; paths and cookies do not (WHATWG URL, section 5.1). */
function decodeForm(text: string): string {
  return decode(text.includes('+') ? text.replaceAll('+', ' ') : text)
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

function addPairs(text: string, separator: string, into: Set<string>): void {
  for (const pair of text.split(separator)) {
    if (into.size >= maxInputs) return
    const split = pair.indexOf('=')
    collectStrings(decodeForm(split < 0 ? pair : pair.slice(split + 1)), into)
    if (split > 0) collectStrings(decodeForm(pair.slice(0, split)), into)
  }
}

/** Adds what stands in the path and the query of a request. */
export function collectTarget(target: string, into: Set<string>): void {
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  const whole = decode(path.slice(1))
  collectStrings(whole, into)
  if (path.indexOf('/', 1) > 0) for (const segment of path.split('/')) collectStrings(decode(segment), into)
  if (mark >= 0) addPairs(target.slice(mark + 1), '&', into)
}

function addHeaders(request: IncomingMessage, into: Set<string>): void {
  const headers = request.headers
  for (const name of Object.keys(headers)) {
    if (isDullHeader(name)) continue
    const value = headers[name]
    if (name === 'cookie' && typeof value === 'string') {
      for (const pair of value.split(';'))
        collectStrings(decode(pair.slice(pair.indexOf('=') + 1).trim()), into)
    } else collectStrings(value, into)
  }
}

/** A file or a text; of an archive, the names that climb as well, wherever they stand in it. */
function addText(text: string, into: Set<string>): void {
  collectStrings(text, into)
  if (text.length > maxInputLength && isArchive(text)) collectStrings(climbingNames(text), into)
}

// Names of a field and its file: quoted with escapes, or as a word, or with a character set (RFC 7578, section 4.2; RFC 5987).
const partName = /name(?:="((?:[^"\\\r\n]|\\.)*)"|(\*)=[\w-]*'[\w-]*'([^;\s]+)|=([^";\s]+))/g

function addMultipart(text: string, into: Set<string>): void {
  for (const part of text.split(/\r?\n--[^\r\n]*\r?\n?|^--[^\r\n]*\r?\n/)) {
    const split = part.search(/\r?\n\r?\n/)
    if (split < 0) continue
    for (const [, quoted, , extended, plain] of part.slice(0, split).matchAll(partName))
      collectStrings(quoted?.replaceAll(/\\(["\\])/g, '$1') ?? decode(extended ?? plain ?? ''), into)
    addText(part.slice(split).trim(), into)
  }
}

/** Adds what a raw body holds, by its content type; JSON bodies come through `collectStrings` once parsed. */
export function collectBody(contentType: string, text: string, into: Set<string>): void {
  if (text === '') return
  if (contentType.includes('x-www-form-urlencoded')) addPairs(text, '&', into)
  else if (contentType.includes('multipart/')) addMultipart(text, into)
  else if (contentType.includes('ndjson'))
    for (const line of text.split('\n')) collectStrings(parseJson(line) ?? line, into)
  else addText(text, into)
}

/** Everything that came with the head of a request, and what frameworks took from its path. */
export function collectHead(request: IncomingMessage, into: Set<string>): void {
  collectTarget(request.url ?? '', into)
  addHeaders(request, into)
  collectStrings((request as unknown as { readonly params?: unknown }).params, into)
}
