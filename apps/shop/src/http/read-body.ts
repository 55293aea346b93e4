import type { IncomingMessage } from 'node:http'

/** Largest body that the shop reads, in bytes. */
export const maxBodyBytes: number = 4 << 20

/**
 * Reads a body whole; undefined when it is over `maxBodyBytes`, the rest of it is then read and thrown away, so
 * that the answer still reaches the client. Rejects when the client goes away.
 */
export function readBody(request: IncomingMessage): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let total = 0
    request.on('data', (chunk: Buffer) => {
      total += chunk.length
      if (total <= maxBodyBytes) chunks.push(chunk)
      else {
        chunks.length = 0
        resolve(undefined)
      }
    })
    request.on('error', reject)
    request.on('close', () => reject(new Error('the client went away')))
    request.on('end', () => resolve(Buffer.concat(chunks, total <= maxBodyBytes ? total : 0)))
  })
}
