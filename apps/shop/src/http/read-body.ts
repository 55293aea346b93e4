import type { IncomingMessage } from 'node:http'

/** Largest body that the shop reads, in bytes. */
export const maxBodyBytes: number = 4 << 20

/** Reads a body whole; undefined when it is over `maxBodyBytes`. Rejects when the client goes away. */
export async function readBody(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = []
  let total = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    total += chunk.length
    if (total > maxBodyBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, total)
}
