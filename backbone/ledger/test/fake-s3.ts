import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An object with its lock. */
export interface StoredObject {
  readonly body: Buffer
  readonly lockMode: string
  readonly until: Date
}

/** An object store that keeps what it has: nothing can be overwritten, and nothing deleted. */
export interface FakeS3 {
  readonly endpoint: string
  readonly objects: Map<string, StoredObject>
  /** How many of the next requests are answered with 503. */
  failing: number
  close(): Promise<void>
}

function fail(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' })
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`)
}

/** The client may send the body in signed chunks with a trailer (aws-chunked); then only their data counts. */
function plainBody(request: IncomingMessage, bytes: Buffer): Buffer {
  if (request.headers['content-encoding']?.includes('aws-chunked') !== true) return bytes
  const parts: Buffer[] = []
  for (let at = 0; ;) {
    const end = bytes.indexOf('\r\n', at)
    const size = Number.parseInt(bytes.toString('latin1', at, end), 16)
    if (end < 0 || !(size > 0)) return Buffer.concat(parts)
    parts.push(bytes.subarray(end + 2, end + 2 + size))
    at = end + 2 + size + 2
  }
}

/** Starts a store on a free loopback port. */
export async function startFakeS3(): Promise<FakeS3> {
  const objects = new Map<string, StoredObject>()
  const store: { failing: number } = { failing: 0 }
  const put = (key: string, request: IncomingMessage, bytes: Buffer, response: ServerResponse): void => {
    const { headers } = request
    const body = plainBody(request, bytes)
    const sum = createHash('sha256').update(body).digest('base64')
    if (headers['authorization'] === undefined) return fail(response, 403, 'AccessDenied')
    if (headers['x-amz-checksum-sha256'] !== sum) return fail(response, 400, 'BadDigest')
    if (objects.has(key)) return fail(response, 412, 'PreconditionFailed')
    if (headers['if-none-match'] !== '*') return fail(response, 400, 'WouldOverwrite')
    const lockMode = String(headers['x-amz-object-lock-mode'])
    const until = new Date(String(headers['x-amz-object-lock-retain-until-date']))
    objects.set(key, { body, lockMode, until })
    response.writeHead(200).end()
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const key = decodeURIComponent(new URL(request.url ?? '', 'http://s3').pathname)
      if (store.failing > 0) {
        store.failing--
        return fail(response, 503, 'SlowDown')
      }
      if (request.method === 'PUT') return put(key, request, Buffer.concat(chunks), response)
      const found = objects.get(key)
      if (request.method !== 'GET') return fail(response, 403, 'AccessDenied')
      if (found === undefined) return fail(response, 404, 'NoSuchKey')
      response.writeHead(200, { 'content-length': found.body.length }).end(found.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return Object.assign(store, {
    endpoint: `http://127.0.0.1:${port}`,
    objects,
    close: () => {
      server.closeAllConnections()
      return new Promise<void>((resolve) => server.close(() => resolve()))
    },
  })
}
