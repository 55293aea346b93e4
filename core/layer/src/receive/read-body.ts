import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { Clock } from '../clock/clock.ts'
import { systemCode } from '../error.ts'

const decompress = promisify(gunzip)

/** Longest time for a body to arrive, in milliseconds. */
export const bodyTimeoutMs = 15_000

/** A body, or why there is none. */
export type BodyResult =
  | { readonly kind: 'body'; readonly bytes: Uint8Array }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'too-slow' }
  | { readonly kind: 'gone' }

/** Reads a request body of at most `maxBytes` within `bodyTimeoutMs`. Never rejects. */
export function readBody(request: IncomingMessage, maxBytes: number, clock: Clock): Promise<BodyResult> {
  const declared = Number(request.headers['content-length'] ?? 0)
  if (declared > maxBytes) return Promise.resolve({ kind: 'too-large' })
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = []
    let bytes = 0
    const end = (result: BodyResult): void => {
      timer.cancel()
      request.off('data', onData)
      resolve(result)
    }
    const onData = (chunk: Uint8Array): void => {
      bytes += chunk.length
      if (bytes > maxBytes) end({ kind: 'too-large' })
      else chunks.push(chunk)
    }
    const timer = clock.after(bodyTimeoutMs, () => end({ kind: 'too-slow' }))
    request.on('data', onData)
    request.once('end', () => end({ kind: 'body', bytes: Buffer.concat(chunks) }))
    request.once('close', () => end({ kind: 'gone' }))
    request.on('error', () => end({ kind: 'gone' }))
  })
}

/** Decompresses at most `maxBytes`; undefined when it is no gzip, `too-large` when there is more. */
export async function gunzipBounded(
  bytes: Uint8Array,
  maxBytes: number,
): Promise<Uint8Array | 'too-large' | undefined> {
  try {
    return await decompress(bytes, { maxOutputLength: maxBytes })
  } catch (error) {
    return systemCode(error) === 'ERR_BUFFER_TOO_LARGE' ? 'too-large' : undefined
  }
}
