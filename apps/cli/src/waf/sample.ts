import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { Json, JsonObject } from '@sevenfold/event'
import type { EvalRequest } from '@sevenfold/seclang/tools'
import { environmentError } from '../program/cli-error.ts'

/** A line of the input: the request, and the id as it came, whatever its type. */
export interface Sample {
  readonly id: Json
  readonly request: EvalRequest
}

const limits = { maxTextLength: 33_554_432, maxDepth: 8, maxNodes: 200_000, maxStringLength: 33_554_432 }

function textOf(object: JsonObject, key: string, otherwise?: string): string {
  const value = object[key] ?? otherwise
  if (typeof value !== 'string') throw new Error(`${key} must be text`)
  return value
}

function headersOf(value: Json | undefined): [name: string, value: string][] {
  if (value === undefined || value === null) return []
  const pairs: readonly (readonly [Json | undefined, Json | undefined])[] = Array.isArray(value)
    ? value.map((pair: Json) => {
        if (!Array.isArray(pair) || pair.length !== 2)
          throw new Error('headers must be pairs of name and value')
        return [pair[0], pair[1]] as const
      })
    : headerEntries(value)
  return pairs.map(([name, content]) => {
    if (typeof name !== 'string' || typeof content !== 'string') throw new Error('a header must be text')
    return [name, content]
  })
}

function headerEntries(value: Json): readonly (readonly [string, Json | undefined])[] {
  if (!isJsonObject(value)) throw new Error('headers must be an object, or pairs of name and value')
  return Object.entries(value)
}

function has(headers: readonly (readonly [string, string])[], wanted: string): boolean {
  return headers.some(([name]) => name.toLowerCase() === wanted)
}

function responseOf(value: Json | undefined): EvalRequest['response'] {
  if (value === undefined || value === null) return undefined
  if (!isJsonObject(value)) throw new Error('response must be an object')
  const status = value['status'] ?? 200
  if (typeof status !== 'number') throw new Error('response.status must be a number')
  return { status, headers: headersOf(value['headers']), body: textOf(value, 'body', '') }
}

function bodyOf(object: JsonObject): { readonly bodyBase64: string } | { readonly body: string } {
  const encoded = object['bodyBase64'] ?? null
  if (encoded === null) return { body: textOf(object, 'body', '') }
  if (typeof encoded !== 'string' || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(encoded))
    throw new Error('bodyBase64 must be base64')
  if (object['body'] !== undefined) throw new Error('a request has body or bodyBase64, not both')
  return { bodyBase64: encoded }
}

/** Id of a line that cannot be judged, so that answers can be matched to questions all the same. */
export function idOf(line: string): Json {
  const parsed = parseBoundedJson(line, limits)
  return parsed.ok && isJsonObject(parsed.value) ? (parsed.value['id'] ?? null) : null
}

/** As {@link readSample}, for tools that end at a request that makes no sense. @throws CliError with its number. */
export function numberedSample(line: string, number: number): Sample {
  try {
    return readSample(line)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw environmentError(`request ${number}: ${message}`, 'the form is that of waf eval', error)
  }
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
  const length = 'body' in body ? Buffer.byteLength(body.body) : Buffer.byteLength(body.bodyBase64, 'base64')
  if (length > 0 && !has(headers, 'content-length') && !has(headers, 'transfer-encoding')) {
    headers.push(['Content-Length', String(length)])
  }
  const id = object['id'] ?? null
  return {
    id,
    request: {
      id: typeof id === 'string' ? id : JSON.stringify(id),
      method: textOf(object, 'method', 'GET'),
      uri: textOf(object, 'uri'),
      version: textOf(object, 'version', '1.1'),
      headers,
      ...body,
      response: responseOf(object['response']),
    },
  }
}
