import type { IncomingMessage } from 'node:http'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'

/** Longest body of a change, in bytes. */
export const maxBodyBytes = 65_536

const limits = { maxTextLength: maxBodyBytes, maxDepth: 6, maxNodes: 1_000, maxStringLength: 8_192 }

/** A body, or the status and the reason why there is none. */
export type JsonBody =
  | { readonly ok: true; readonly value: JsonObject }
  | { readonly ok: false; readonly status: 400 | 413 | 415; readonly message: string }

async function readText(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBodyBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/**
 * Reads a JSON object. A body of another type is refused: a form on a foreign page can send those without asking
 * (design: "Admin surface"). No body at all counts as an empty object.
 */
export async function readJson(request: IncomingMessage): Promise<JsonBody> {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase()
  const text = await readText(request)
  if (text === undefined)
    return { ok: false, status: 413, message: `a body has at most ${maxBodyBytes} bytes` }
  if (text === '' && type === '') return { ok: true, value: {} }
  if (type !== 'application/json') return { ok: false, status: 415, message: 'a body is application/json' }
  const parsed = parseBoundedJson(text, limits)
  if (!parsed.ok) return { ok: false, status: 400, message: `the body is no JSON: ${parsed.message}` }
  return isJsonObject(parsed.value)
    ? { ok: true, value: parsed.value }
    : { ok: false, status: 400, message: 'the body is no JSON object' }
}
