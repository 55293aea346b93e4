import { readFileSync } from 'node:fs'
import http from 'node:http'
import type { Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RawClient } from './support/raw-client.ts'
import { TestEdge } from './support/test-edge.ts'

interface RequestVector {
  readonly name: string
  readonly raw: string
  readonly outcome: string
  readonly bodies?: readonly string[]
}

const vectors = JSON.parse(
  readFileSync(new URL('../src/http/testdata/requests.json', import.meta.url), 'utf8'),
) as RequestVector[]

let server: Server
let edge: TestEdge
const seen: { method: string; url: string; body: string; host: string }[] = []
let broken = 0

beforeAll(async () => {
  server = http.createServer((request, response) => {
    let body = ''
    request.setEncoding('latin1')
    request.on('data', (piece: string) => (body += piece))
    request.on('end', () => {
      seen.push({
        method: request.method ?? '',
        url: request.url ?? '',
        body,
        host: request.headers.host ?? '',
      })
      response.end('ok')
    })
  })
  server.on('clientError', (error: Error & { code?: string }, socket) => {
    // A request that we refuse in its middle ends with its connection; only a malformed byte would be our fault.
    if (error.code?.startsWith('HPE_') === true && error.code !== 'HPE_INVALID_EOF_STATE') broken += 1
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  edge = await TestEdge.start({ sites: [{ upstreamPort: port }] })
})

afterAll(async () => {
  await edge.close()
  server.closeAllConnections()
  await new Promise<void>((resolve) => server.close(() => resolve()))
})

// A server without WebSocket answers the upgrade as it likes; its boundaries are tested elsewhere.
const usable = vectors.filter(({ raw }) => !/\nUpgrade: websocket/i.test(raw))

describe('message boundaries behind the edge, as node:http sees them', () => {
  for (const vector of usable.filter(({ outcome }) => outcome === 'accept')) {
    it(`are ours for ${vector.name}`, async () => {
      seen.length = 0
      const client = await RawClient.connect(edge.port)
      client.send(vector.raw)
      for (const _ of vector.bodies ?? []) await client.answer(vector.raw.startsWith('HEAD') ? 'HEAD' : 'GET')
      client.close()
      expect(seen.map(({ body }) => body)).toEqual(vector.bodies)
      expect(broken).toBe(0)
    })
  }

  for (const vector of usable.filter(({ outcome }) => outcome !== 'accept')) {
    it(`hold nothing of ${vector.name}`, async () => {
      seen.length = 0
      const client = await RawClient.connect(edge.port)
      client.send(vector.raw)
      const received = await client.closed()
      client.close()
      expect(received).toMatch(/^HTTP\/1\.1 [45]\d\d /)
      expect(seen).toEqual([])
      expect(broken).toBe(0)
    })
  }
})
