import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { Json, JsonObject } from '@sevenfold/event'

/** One request to judge, as bytes: each character of a text is one byte. */
export interface Sample {
  readonly id: Json
  readonly method: string
  readonly target: string
  readonly version: string
  /** Names and values alternating. */
  readonly headers: readonly string[]
  readonly body: Uint8Array
  readonly response: SampleResponse | undefined
}

/** The answer that the service would have given. */
export interface SampleResponse {
  readonly status: number
  readonly headers: readonly string[]
  readonly body: Uint8Array
}

const limits = { maxTextLength: 33_554_432, maxDepth: 8, maxNodes: 200_000, maxStringLength: 33_554_432 }

/** Text as the bytes in which it would go over the wire. */
function wire(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

function textOf(object: JsonObject, key: string, otherwise?: string): string {
  const value = object[key] ?? otherwise
  if (typeof value !== 'string') throw new Error(`${key} must be text`)
  return value
}

function headersOf(value: Json | undefined): string[] {
  if (value === undefined || value === null) return []
  const pairs: readonly (readonly [Json | undefined, Json | undefined])[] = Array.isArray(value)
    ? value.map((pair: Json) => {
        if (!Array.isArray(pair) || pair.length !== 2)
          throw new Error('headers must be pairs of name and value')
        return [pair[0], pair[1]] as const
      })
    : isJsonObject(value)
      ? Object.entries(value)
      : []
  return pairs.flatMap(([name, content]) => {
    if (typeof name !== 'string' || typeof content !== 'string') throw new Error('a header must be text')
    return [wire(name), wire(content)]
  })
}

function bodyOf(object: JsonObject): Uint8Array {
  const encoded = object['bodyBase64']
  if (typeof encoded === 'string') return Buffer.from(encoded, 'base64')
  return Buffer.from(textOf(object, 'body', ''), 'utf8')
}

function has(headers: readonly string[], name: string): boolean {
  return headers.some((text, index) => index % 2 === 0 && text.toLowerCase() === name)
}

function responseOf(value: Json | undefined): SampleResponse | undefined {
  if (!isJsonObject(value)) return undefined
  const status = value['status'] ?? 200
  if (typeof status !== 'number') throw new Error('response.status must be a number')
  return { status, headers: headersOf(value['headers']), body: bodyOf(value) }
}

/** Id of a line that cannot be judged, so that answers can be matched to questions all the same. */
export function idOf(line: string): Json {
  const parsed = parseBoundedJson(line, limits)
  return parsed.ok && isJsonObject(parsed.value) ? (parsed.value['id'] ?? null) : null
}

/**
 * Reads `{id, method, uri, version?, headers, body?, bodyBase64?, response?}`. A body without a stated length gets
 * one, as any client would send it. Throws Error with what is wrong.
 */
export function readSample(line: string): Sample {
  const parsed = parseBoundedJson(line, limits)
  if (!parsed.ok) throw new Error(parsed.message)
  if (!isJsonObject(parsed.value)) throw new Error('a line must be an object')
  const object = parsed.value
  const headers = headersOf(object['headers'])
  const body = bodyOf(object)
  if (body.length > 0 && !has(headers, 'content-length') && !has(headers, 'transfer-encoding')) {
    headers.push('Content-Length', String(body.length))
  }
  return {
    id: object['id'] ?? null,
    method: wire(textOf(object, 'method', 'GET')),
    target: wire(textOf(object, 'uri')),
    version: textOf(object, 'version', '1.1').replace(/^HTTP\//i, ''),
    headers,
    body,
    response: responseOf(object['response']),
  }
}
