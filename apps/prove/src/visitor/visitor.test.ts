import { createServer } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { upload } from './upload.ts'
import { createVisitor, query } from './visitor.ts'
import type { Visitor, VisitorOptions } from './visitor.ts'

interface Seen {
  readonly request: IncomingMessage
  readonly peer: string
  readonly body: string
}

let server: Server
let port: number
const seen: Seen[] = []
const open: Visitor[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')))
    request.on('end', () => {
      seen.push({ request, peer: request.socket.remoteAddress ?? '', body })
      if (request.url === '/cut') {
        request.socket.destroy()
        return
      }
      response.writeHead(200, { 'set-cookie': ['a=1; Path=/', 'b=2'], 'x-request-id': `r-${seen.length}` })
      response.end('hello')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})

beforeEach(() => void (seen.length = 0))

afterAll(async () => {
  for (const visitor of open) visitor.close()
  await new Promise((resolve) => server.close(resolve))
})

function visit(change: Partial<VisitorOptions> = {}, direct = true): Visitor {
  const visitor = createVisitor({
    target: { host: '127.0.0.1', port, direct },
    address: '127.2.3.4',
    trace: 't-1',
    ...change,
  })
  open.push(visitor)
  return visitor
}

describe('a visitor', () => {
  it('comes from its own address and writes its trace when nothing stands before the application', async () => {
    await visit().get('/')
    expect(seen[0]?.peer).toBe('127.2.3.4')
    expect(seen[0]?.request.headers['x-sevenfold-trace']).toBe('t-1')
  })

  it('writes no trace through the edge, and learns the ids that the edge gives', async () => {
    const visitor = visit({}, false)
    await visitor.get('/')
    await visitor.get('/')
    expect(seen[0]?.request.headers['x-sevenfold-trace']).toBeUndefined()
    expect([...visitor.traces]).toEqual(['t-1', 'r-1', 'r-2'])
  })

  it('keeps cookies and sends paths as they stand', async () => {
    const visitor = visit()
    await visitor.get('/%2e%2e/x?q=%27')
    await visitor.get('/')
    expect(seen[0]?.request.url).toBe('/%2e%2e/x?q=%27')
    expect(seen[1]?.request.headers.cookie).toBe('a=1; b=2')
  })

  it('sends forms, JSON and files', async () => {
    const visitor = visit()
    await visitor.form('/f', { a: "x' & y" })
    await visitor.json('/j', { a: 1 }, 'PATCH')
    await upload(visitor, '/u', { field: 'p', fileName: '../a.png', type: 'image/png', data: 'pixels' })
    expect(seen[0]?.body).toBe("a=x'%20%26%20y")
    expect([seen[1]?.request.method, seen[1]?.body]).toEqual(['PATCH', '{"a":1}'])
    expect(seen[2]?.body).toContain('filename="../a.png"\r\nContent-Type: image/png\r\n\r\npixels\r\n--')
  })

  it('gives status 0 for a connection that is cut or refused', async () => {
    expect((await visit().get('/cut')).status).toBe(0)
    const gone = visit({ target: { host: '127.0.0.1', port: 1, direct: true } })
    expect((await gone.get('/')).status).toBe(0)
  })
})

describe('query', () => {
  it('encodes values, not names', () => {
    expect(query({ q: 'a b', r: "'" })).toBe("?q=a%20b&r='")
  })
})
