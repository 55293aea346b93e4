import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'

/** Longest body of a request, in bytes. */
export const maxBodyBytes = 16_384

const limits = { maxTextLength: maxBodyBytes, maxDepth: 4, maxNodes: 64, maxStringLength: 4096 }

/** The JSON object of a request; null when it is too long or no object. */
export async function readBody(request: Request): Promise<JsonObject | null> {
  const length = Number(request.headers.get('content-length') ?? '0')
  if (length > maxBodyBytes) return null
  const reader = request.body?.getReader()
  if (reader === undefined) return {}
  const chunks: Uint8Array[] = []
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.length
    if (size > maxBodyBytes) {
      await reader.cancel()
      return null
    }
    chunks.push(value)
  }
  const parsed = parseBoundedJson(Buffer.concat(chunks).toString('utf8') || '{}', limits)
  return parsed.ok && isJsonObject(parsed.value) ? parsed.value : null
}

/** A string member of at most `max` characters; undefined when absent or of another type. */
export function textMember(body: JsonObject, key: string, max = 256): string | undefined {
  const value = body[key]
  return typeof value === 'string' && value.length > 0 && value.length <= max ? value : undefined
}
