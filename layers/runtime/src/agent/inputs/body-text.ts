import type { IncomingHttpHeaders } from 'node:http'
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib'

/** Longest body after it was unpacked; what follows is not looked at. */
export const maxUnpackedBytes = 1_048_576

type Unpack = (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array

const unpackers: Readonly<Record<string, readonly Unpack[]>> = {
  gzip: [gunzipSync],
  'x-gzip': [gunzipSync],
  // Some clients leave the wrapping of RFC 1950 out.
  deflate: [inflateSync, inflateRawSync],
  br: [brotliDecompressSync],
}

function unpacked(bytes: Uint8Array, encoding: string): Uint8Array {
  for (const unpack of unpackers[encoding] ?? [])
    try {
      return unpack(bytes, { maxOutputLength: maxUnpackedBytes })
    } catch {
      continue // too long, not whole yet, or not packed in this way
    }
  return bytes
}

function decoded(bytes: Uint8Array, type: string): string {
  const charset = /charset=["']?([\w.:-]{1,40})/i.exec(type)?.[1]?.toLowerCase()
  if (charset === undefined || charset === 'utf-8' || charset === 'utf8')
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  }
}

/** The text of a body as an application reads it: unpacked (RFC 9110, section 8.4) and in its own characters. */
export function bodyTextOf(bytes: Uint8Array, headers: IncomingHttpHeaders): string {
  const encoding = headers['content-encoding']?.toLowerCase()
  const plain = encoding === undefined || encoding === 'identity' ? bytes : unpacked(bytes, encoding)
  return decoded(plain, headers['content-type'] ?? '')
}
