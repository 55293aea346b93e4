import type { IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream'
import type { Duplex, Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { OutboundError } from '../error.ts'

const decoders: Readonly<Record<string, () => Duplex>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
}

/** Codings that are asked for; several one upon another are refused. */
export const acceptedEncodings = 'gzip, deflate, br'

function decoded(message: IncomingMessage): Readable {
  const coding = (message.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  if (coding === 'identity' || coding === '') return message
  const decoder = Object.hasOwn(decoders, coding) ? decoders[coding] : undefined
  if (decoder === undefined)
    throw new OutboundError('OUTBOUND_ENCODING', 'the answer has a coding that was not asked for')
  // Errors of either side surface at the end that is read.
  return pipeline(message, decoder(), () => undefined)
}

/**
 * The whole body, decompressed, of at most `maxBytes`. A small answer that unfolds to a large one ends at the limit:
 * what is decompressed is counted while it arrives and never gathered beyond it.
 * @throws OutboundError OUTBOUND_TOO_LARGE, OUTBOUND_ENCODING, OUTBOUND_CONNECT when the answer breaks off.
 */
export async function readBody(
  message: IncomingMessage,
  maxBytes: number,
  method: string,
): Promise<Uint8Array> {
  if (method === 'HEAD' || message.statusCode === 204 || message.statusCode === 304) {
    message.destroy()
    return new Uint8Array()
  }
  const tooLarge = (): OutboundError =>
    new OutboundError('OUTBOUND_TOO_LARGE', `the answer is larger than ${maxBytes} bytes`)
  try {
    if (Number(message.headers['content-length'] ?? 0) > maxBytes) throw tooLarge()
    let sent = 0
    message.on('data', (chunk: Buffer) => {
      sent += chunk.length
      if (sent > maxBytes) message.destroy(tooLarge())
    })
    message.pause()
    const chunks: Buffer[] = []
    let length = 0
    for await (const chunk of decoded(message) as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > maxBytes) throw tooLarge()
      chunks.push(chunk)
    }
    return new Uint8Array(Buffer.concat(chunks))
  } catch (error) {
    message.destroy()
    if (error instanceof OutboundError) throw error
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (
      code.startsWith('Z_') ||
      code.startsWith('ERR_BROTLI') ||
      code.startsWith('ERR__ERROR_FORMAT') ||
      code.includes('BROTLI')
    ) {
      throw new OutboundError('OUTBOUND_ENCODING', 'the answer does not have the coding that it names', {
        cause: error,
      })
    }
    throw new OutboundError('OUTBOUND_CONNECT', 'the answer broke off', { cause: error })
  }
}
