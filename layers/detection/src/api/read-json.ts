import type { IncomingMessage } from 'node:http'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { Json, JsonObject } from '@sevenfold/event'

/** Longest body of a change, in bytes, and of what brings many things at once (alerts, an import). */
export const maxBodyBytes = 65_536
export const maxBulkBytes = 16_777_216

const limits = { maxTextLength: maxBodyBytes, maxDepth: 6, maxNodes: 1_000, maxStringLength: 8_192 }
const bulkLimits = { maxTextLength: maxBulkBytes, maxDepth: 10, maxNodes: 2_000_000, maxStringLength: 65_536 }

/** A body, or the status and the reason why there is none. */
export type JsonBody<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly status: 400 | 413 | 415; readonly message: string }

async function readText(request: IncomingMessage, maxBytes: number): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

async function read(request: IncomingMessage, bounds: typeof limits): Promise<JsonBody<Json>> {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase()
  const text = await readText(request, bounds.maxTextLength)
  if (text === undefined)
    return { ok: false, status: 413, message: `a body has at most ${bounds.maxTextLength} bytes` }
  if (text === '' && type === '') return { ok: true, value: {} }
  if (type !== 'application/json') return { ok: false, status: 415, message: 'a body is application/json' }
  const parsed = parseBoundedJson(text, bounds)
  if (!parsed.ok) return { ok: false, status: 400, message: `the body is no JSON: ${parsed.message}` }
  return parsed
}

/**
 * Reads a JSON object. A body of another type is refused: a form on a foreign page can send those without asking
 * (design: "Admin surface"). No body at all counts as an empty object.
 */
export async function readJson(request: IncomingMessage): Promise<JsonBody<JsonObject>> {
  const body = await read(request, limits)
  if (!body.ok) return body
  return isJsonObject(body.value)
    ? { ok: true, value: body.value }
    : { ok: false, status: 400, message: 'the body is no JSON object' }
}

/** Reads any JSON value of up to `maxBulkBytes`; otherwise as `readJson`. */
export function readBulkJson(request: IncomingMessage): Promise<JsonBody<Json>> {
  return read(request, bulkLimits)
}
