import { Buffer } from 'node:buffer'
import { once } from 'node:events'
import http2 from 'node:http2'
import type { ClientHttp2Session, IncomingHttpHeaders } from 'node:http2'
import { startRecordingServer } from '@sevenfold/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { maxTinyPieces } from '../src/http2/serve-http2.ts'
import { FrameClient, fields, frame, frameType, getFields } from './support/frame-client.ts'
import { RawUpstream } from './support/raw-upstream.ts'
import { testAuthority, testTls } from './support/test-certificates.ts'
import { TestEdge } from './support/test-edge.ts'
import type { TestEdgeOptions } from './support/test-edge.ts'
import { waitFor } from './support/wait-for.ts'

let upstream: RawUpstream
let edge: TestEdge
const sessions: ClientHttp2Session[] = []
let client: FrameClient | undefined
let ca = ''

async function start(options: Partial<TestEdgeOptions> = {}): Promise<void> {
  ca = (await testAuthority()).certificate
  edge = await TestEdge.start({
    sites: [{ upstreamPort: upstream.port }],
    listen: { tls: await testTls() },
    ...options,
  })
}

beforeEach(async () => {
  upstream = await RawUpstream.start()
})
afterEach(async () => {
  for (const session of sessions.splice(0)) session.destroy()
  client?.close()
  client = undefined
  await edge.close()
  await upstream.close()
})

function connect(): ClientHttp2Session {
  const session = http2.connect(`https://127.0.0.1:${edge.port}`, { ca, servername: 'shop.test' })
  session.on('error', () => undefined)
  sessions.push(session)
  return session
}

interface Answer {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

async function ask(headers: http2.OutgoingHttpHeaders, body?: string): Promise<Answer> {
  const stream = (sessions[0] ?? connect()).request(
    { ':path': '/', ':authority': 'shop.test', ...headers },
    { endStream: body === undefined },
  )
  let received: IncomingHttpHeaders = {}
  let text = ''
  stream.on('response', (found) => (received = found))
  stream.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')))
  if (body !== undefined) stream.end(body)
  await once(stream, 'close')
  return { headers: received, body: text }
}

describe('HTTP/2', () => {
  it('goes through the same judgement, with the same headers for the service', async () => {
    await start()
    const { headers, body } = await ask({
      ':path': '/a?b=1',
      cookie: ['a=1', 'b=2'],
      'x-real-ip': '10.0.0.1',
    })
    expect([headers[':status'], body]).toEqual([200, 'ok'])
    expect(headers['x-request-id']).toBe('id-1')
    expect(upstream.heads[0]).toContain('GET /a?b=1 HTTP/1.1\r\nHost: shop.test\r\n')
    expect(upstream.heads[0]).toContain('cookie: a=1; b=2\r\n')
    expect(upstream.heads[0]).toContain('X-Real-IP: 127.0.0.1\r\n')
    await waitFor(() => edge.accesses.length === 1)
    expect(edge.accesses[0]).toMatchObject({
      status: 200,
      trace: ['limits:pass', 'ban:pass', 'waf:off', 'upstream:answered'],
    })
    expect(edge.accesses[0]?.ja4).toMatch(/^t13d\d{4}h2_/)
    expect(edge.blocks[0]).toMatchObject({ rule: 'EDGE_SPOOFED_ADDRESS', verdict: 'pass', status: 200 })
  })

  it('forwards bodies with and without a declared length', async () => {
    const service = await startRecordingServer({ answer: () => ({ status: 201 }) })
    await start({ sites: [{ upstreamPort: service.port }] })
    const known = await ask({ ':method': 'POST', 'content-length': '5' }, 'hello')
    const streamed = await ask({ ':method': 'POST' }, 'world')
    expect([known.headers[':status'], streamed.headers[':status']]).toEqual([201, 201])
    const seen = service.requests.map(({ headers, body }) => [
      headers['content-length'],
      headers['transfer-encoding'],
      Buffer.from(body).toString(),
    ])
    expect(seen).toEqual([
      ['5', undefined, 'hello'],
      [undefined, 'chunked', 'world'],
    ])
    await service.close()
  })

  it('serves many requests of one connection at once', async () => {
    await start()
    upstream.onRequest = ({ head, socket }) => {
      const path = head.split(' ')[1] ?? ''
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${path.length}\r\n\r\n${path}`)
    }
    connect()
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => ask({ ':path': `/${i}` })))
    expect(answers.map(({ body }) => body)).toEqual(Array.from({ length: 50 }, (_, i) => `/${i}`))
  })

  it('passes on answers that say a thing twice, or name parts of HTTP/1.1', async () => {
    await start()
    upstream.onRequest = ({ socket }) =>
      void socket.write(
        'HTTP/1.1 200 OK\r\nETag: "a"\r\nETag: "a"\r\nX-Content-Type-Options: nosniff\r\nX-Content-Type-Options: nosniff\r\nLocation: /a\r\nLocation: /b\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nHTTP2-Settings: x\r\nTE: y\r\nConstructor: z\r\n__proto__: z\r\nContent-Length: 2\r\n\r\nok',
      )
    const { headers, body } = await ask({})
    expect([headers[':status'], body]).toEqual([200, 'ok'])
    expect(headers).toMatchObject({ etag: '"a"', location: '/a, /b', 'set-cookie': ['a=1', 'b=2'] })
    expect([headers['x-content-type-options'], headers['http2-settings'], headers['te']]).toEqual([
      'nosniff',
      undefined,
      undefined,
    ])
  })

  it('sends a banned client the ordinary page', async () => {
    await start()
    edge.ban({ value: '127.0.0.1' })
    const { headers, body } = await ask({ accept: 'application/json' })
    expect(headers[':status']).toBe(403)
    expect(JSON.parse(body)).toMatchObject({ status: 403, requestId: 'id-1' })
    expect(upstream.heads).toEqual([])
  })

  it('streams a long answer, and stops reading the service when the client does not read', async () => {
    await start()
    const size = 4_000_000
    upstream.onRequest = ({ socket }) =>
      void socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n${'x'.repeat(size)}`)
    const { body } = await ask({})
    expect(body.length).toBe(size)
  })

  it('breaks off an answer that the service breaks off', async () => {
    await start()
    upstream.onRequest = ({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf')
      socket.end()
    }
    const stream = connect().request({ ':path': '/', ':authority': 'shop.test' })
    const failed = once(stream, 'error')
    stream.resume()
    expect(String((await failed)[0])).toMatch(/INTERNAL_ERROR/)
  })

  it('ends with GOAWAY when the edge drains, and serves what runs', async () => {
    await start()
    let answer = (): void => undefined
    upstream.onRequest = ({ socket }) => {
      answer = () => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    }
    const running = ask({})
    await waitFor(() => upstream.heads.length === 1)
    const closing = edge.engine.close(2000)
    answer()
    expect((await running).headers[':status']).toBe(200)
    await closing
  })

  const refused: Readonly<Record<string, readonly [list: readonly (readonly [string, string])[], status: number]>> = {
    'a space in the path': [[[':method', 'GET'], [':scheme', 'https'], [':authority', 'shop.test'], [':path', '/a b']], 400],
    'a fragment': [[[':method', 'GET'], [':scheme', 'https'], [':authority', 'shop.test'], [':path', '/a#b']], 400],
    'CONNECT': [[[':method', 'CONNECT'], [':authority', 'shop.test']], 501],
    'no authority': [[[':method', 'GET'], [':scheme', 'https'], [':path', '/']], 400],
    'a Host that differs': [[[':method', 'GET'], [':scheme', 'https'], [':authority', 'shop.test'], [':path', '/'], ['host', 'evil.test']], 400],
    'two lengths': [[[':method', 'POST'], [':scheme', 'https'], [':authority', 'shop.test'], [':path', '/'], ['content_length', '5']], 400],
    'an unknown expectation': [[[':method', 'GET'], [':scheme', 'https'], [':authority', 'shop.test'], [':path', '/'], ['expect', 'x']], 417],
  } // prettier-ignore
  for (const [name, [list, status]] of Object.entries(refused)) {
    it(`refuses ${name}`, async () => {
      await start()
      client = await FrameClient.connect(edge.port, ca)
      client.send(frame(frameType.headers, 5, 1, fields(list)))
      await waitFor(() => edge.accesses.length > 0 || client?.goaway !== null)
      if (edge.accesses.length > 0) expect(edge.accesses[0]?.status).toBe(status)
      expect(upstream.heads).toEqual([])
    })
  }

  const broken: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
    'Transfer-Encoding': [['transfer-encoding', 'chunked']],
    'Connection': [['connection', 'close']],
    'a line break in a value': [['x-a', 'b\r\nHost: evil']],
    'an upper-case name': [['X-A', 'b']],
    'an empty name': [['', 'b']],
  } // prettier-ignore
  for (const [name, more] of Object.entries(broken)) {
    it(`lets nothing through that has ${name}`, async () => {
      await start()
      client = await FrameClient.connect(edge.port, ca)
      client.send(frame(frameType.headers, 5, 1, Buffer.concat([getFields(), fields(more)])))
      client.send(frame(frameType.ping, 0, 0, Buffer.alloc(8)))
      await waitFor(
        () =>
          client?.goaway !== null ||
          client?.frames.some(({ type }) => type === frameType.ping || type === frameType.reset) === true,
      )
      expect(upstream.heads.join('')).not.toMatch(/evil|transfer-encoding|X-A/)
    })
  }
})

describe('WebSocket over HTTP/2', () => {
  const ask = (more: http2.OutgoingHttpHeaders = {}): http2.ClientHttp2Stream =>
    (sessions[0] ?? connect()).request({
      ':method': 'CONNECT',
      ':protocol': 'websocket',
      ':path': '/ws',
      ':scheme': 'https',
      ':authority': 'shop.test',
      'sec-websocket-version': '13',
      ...more,
    })
  const agree =
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\nSec-WebSocket-Protocol: chat\r\n\r\nhi'

  /** A session that knows that the server takes CONNECT with a protocol. */
  async function ready(): Promise<void> {
    const session = connect()
    await once(session, 'remoteSettings')
    expect(session.remoteSettings.enableConnectProtocol).toBe(true)
  }
  async function read(stream: http2.ClientHttp2Stream, length: number): Promise<string> {
    let text = ''
    while (text.length < length) {
      const piece: unknown = stream.read()
      if (piece instanceof Buffer) text += piece.toString('latin1')
      else await once(stream, 'readable')
    }
    return text
  }

  it('is agreed to with 200, and bytes go both ways until the service ends', async () => {
    await start()
    upstream.onRequest = ({ socket }) => void socket.write(agree)
    upstream.onBytes = (chunk, socket) => void socket.write(`echo ${chunk.toString()}`)
    await ready()
    const stream = ask({ 'sec-websocket-protocol': 'chat' })
    const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders]
    expect([headers[':status'], headers['sec-websocket-protocol']]).toEqual([200, 'chat'])
    expect(headers['sec-websocket-accept']).toBeUndefined()
    expect(upstream.heads[0]).toMatch(/^GET \/ws HTTP\/1\.1\r\nHost: shop\.test\r\n/)
    expect(upstream.heads[0]).toContain('Connection: Upgrade\r\nUpgrade: websocket\r\n')
    expect(upstream.heads[0]).toMatch(/Sec-WebSocket-Key: [A-Za-z0-9+/]{22}==\r\n/)
    expect(await read(stream, 2)).toBe('hi')
    stream.write('one')
    expect(await read(stream, 8)).toBe('echo one')
    const closed = once(stream, 'close')
    for (const socket of upstream.sockets) socket.end('bye')
    expect(await read(stream, 3)).toBe('bye')
    stream.resume()
    stream.end()
    await closed
    await waitFor(() => edge.accesses.length === 1)
    expect(edge.accesses[0]?.status).toBe(101)
  })

  it('ends at the service when the client ends it, or gives it up', async () => {
    await start()
    upstream.onRequest = ({ socket }) => void socket.write(agree)
    await ready()
    const first = ask()
    await once(first, 'response')
    first.end()
    await waitFor(() => upstream.sockets.size === 0)
    const second = ask()
    await once(second, 'response')
    second.close(http2.constants.NGHTTP2_CANCEL)
    await waitFor(() => upstream.sockets.size === 0)
    expect(upstream.connections).toBe(2)
  })

  it('carries more than a body may have, and stops reading where the service does not', async () => {
    await start({ limits: { bodySizeBytes: 10_000 } })
    let taken = 0
    upstream.onRequest = ({ socket }) => void socket.write(agree)
    upstream.onBytes = (chunk, socket) => {
      taken += chunk.length
      if (taken === 100_000) socket.end('all')
    }
    await ready()
    const stream = ask()
    await once(stream, 'response')
    stream.write(Buffer.alloc(100_000))
    expect(await read(stream, 5)).toBe('hiall')
    stream.destroy()
  })

  it('that the service refuses, or answers with anything but 101, is no WebSocket', async () => {
    await start()
    await ready()
    for (const [status, expected] of [
      [404, 404],
      [200, 502],
    ] as const) {
      upstream.onRequest = ({ socket }) =>
        void socket.write(`HTTP/1.1 ${status} X\r\nContent-Length: 2\r\n\r\nno`)
      const stream = ask()
      const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders]
      expect(headers[':status']).toBe(expected)
      stream.destroy()
    }
  })

  it('is judged as any request, and no other protocol is offered', async () => {
    await start()
    await ready()
    const other = ask({ ':protocol': 'connect-udp' })
    const [refused] = (await once(other, 'response')) as [IncomingHttpHeaders]
    expect(refused[':status']).toBe(400)
    other.destroy()
    edge.ban({ value: '127.0.0.1' })
    const banned = ask()
    const [headers] = (await once(banned, 'response')) as [IncomingHttpHeaders]
    expect(headers[':status']).toBe(403)
    banned.destroy()
    expect(upstream.heads).toEqual([])
  })

  it('that is silent for too long is ended', async () => {
    await start({ limits: { upgradeIdleTimeoutMs: 300 } })
    upstream.onRequest = ({ socket }) => void socket.write(agree)
    await ready()
    const stream = ask()
    stream.on('error', () => undefined)
    await once(stream, 'response')
    stream.resume()
    await waitFor(() => stream.closed && upstream.sockets.size === 0)
  })
})

describe('attacks on HTTP/2', () => {
  const memory = (): number => process.memoryUsage().rss / 1_048_576

  /** The connection must end within a second, with a GOAWAY or a reset, and cost next to nothing. */
  async function expectEnd(before: number): Promise<void> {
    if (client === undefined) return
    expect(await client.closed()).toBeLessThan(1000)
    expect(memory() - before).toBeLessThan(50)
  }

  it('rapid reset ends the connection, and at the limit it does not', async () => {
    await start({ limits: { http2Resets: 20 } })
    upstream.onRequest = () => undefined
    client = await FrameClient.connect(edge.port, ca)
    const cancel = Buffer.from([0, 0, 0, 8])
    const burst = (first: number, count: number): Buffer[] =>
      Array.from({ length: count }, (_, i) => [
        frame(frameType.headers, 5, first + 2 * i, getFields()),
        frame(frameType.reset, 0, first + 2 * i, cancel),
      ]).flat()
    const before = memory()
    client.send(...burst(1, 20))
    client.send(frame(frameType.ping, 0, 0, Buffer.alloc(8)))
    await waitFor(() => client?.frames.some(({ type }) => type === frameType.ping) === true)
    expect(client.goaway).toBeNull()
    client.send(...burst(41, 2000))
    await expectEnd(before)
    expect(client.goaway).toBe(0x0b) // ENHANCE_YOUR_CALM
    expect(edge.blocks.some(({ rule }) => rule === 'EDGE_HTTP2_RESETS')).toBe(true)
  })

  it('a flood of PING ends the connection', async () => {
    await start({ limits: { http2Controls: 50 } })
    client = await FrameClient.connect(edge.port, ca)
    const before = memory()
    client.send(...Array.from({ length: 5000 }, () => frame(frameType.ping, 0, 0, Buffer.alloc(8))))
    await expectEnd(before)
    expect(edge.blocks.some(({ rule }) => rule === 'EDGE_HTTP2_CONTROLS')).toBe(true)
  })

  it('a body in tiny pieces ends the connection when they are too many, and before that it does not', async () => {
    const service = await startRecordingServer({ answer: () => ({ status: 201 }) })
    await start({ sites: [{ upstreamPort: service.port }] })
    const post = fields([
      [':method', 'POST'],
      [':scheme', 'https'],
      [':authority', 'shop.test'],
      [':path', '/'],
    ])
    const pieces = (stream: number, count: number): Buffer =>
      Buffer.concat(Array.from({ length: count }, () => frame(frameType.data, 0, stream, Buffer.from('x'))))
    client = await FrameClient.connect(edge.port, ca)
    client.send(frame(frameType.headers, 4, 1, post), pieces(1, 2000), frame(frameType.data, 1, 1))
    await waitFor(() => edge.accesses.length === 1)
    expect(edge.accesses[0]).toMatchObject({ status: 201, requestBytes: 2000 })
    client.send(frame(frameType.headers, 4, 3, post))
    for (let sent = 0; sent < maxTinyPieces; sent += 2000) client.send(pieces(3, 2000))
    await client.closed()
    expect(client.goaway).toBe(0x0b) // ENHANCE_YOUR_CALM
    expect(edge.blocks.at(-1)?.rule).toBe('EDGE_HTTP2_CONTROLS')
    await service.close()
  })

  it('a flood of SETTINGS ends the connection', async () => {
    await start({ limits: { http2Controls: 50 } })
    client = await FrameClient.connect(edge.port, ca)
    const before = memory()
    const setting = Buffer.from([0, 3, 0, 0, 0, 100])
    client.send(...Array.from({ length: 5000 }, () => frame(frameType.settings, 0, 0, setting)))
    await expectEnd(before)
  })

  it('a flood of CONTINUATION ends the connection', async () => {
    await start()
    client = await FrameClient.connect(edge.port, ca)
    const before = memory()
    const piece = fields([['x-a', 'b'.repeat(100)]])
    client.send(frame(frameType.headers, 1, 1, getFields()))
    client.send(...Array.from({ length: 10_000 }, () => frame(frameType.continuation, 0, 1, piece)))
    await expectEnd(before)
    expect(upstream.heads).toEqual([])
  })

  it('an HPACK bomb ends the stream or the connection, and nothing of it is forwarded', async () => {
    await start()
    client = await FrameClient.connect(edge.port, ca)
    const before = memory()
    // One entry of the dynamic table, then thousands of references to it (RFC 7541 section 6.1: index 62).
    const entry = Buffer.concat([
      Buffer.from([0x40, 3]),
      Buffer.from('x-a'),
      Buffer.from([0x7f, 0x81, 0x1e]),
      Buffer.alloc(4000, 0x62),
    ])
    const references = Buffer.alloc(8000, 0xbe)
    client.send(frame(frameType.headers, 5, 1, Buffer.concat([getFields(), entry, references])))
    await waitFor(
      () => client?.goaway !== null || client?.frames.some(({ type }) => type === frameType.reset) === true,
    )
    expect(upstream.heads).toEqual([])
    expect(memory() - before).toBeLessThan(50)
  })

  it('a header block that is never finished is ended in time', async () => {
    await start({ limits: { headerTimeoutMs: 400 } })
    client = await FrameClient.connect(edge.port, ca)
    client.send(frame(frameType.headers, 1, 1, getFields()))
    expect(await client.closed()).toBeLessThan(8000)
  })

  it('a client that never reads its answer is ended in time', async () => {
    await start({ limits: { responseTimeoutMs: 400 } })
    const size = 2_000_000
    upstream.onRequest = ({ socket }) =>
      void socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n${'x'.repeat(size)}`)
    client = await FrameClient.connect(edge.port, ca)
    // The window is never opened again.
    client.send(frame(frameType.headers, 5, 1, getFields()))
    await waitFor(() => client?.frames.some(({ type }) => type === frameType.reset) === true)
    await waitFor(() => upstream.sockets.size === 0)
  })

  it('a client that opens no window for a short answer, which is complete, is ended in time', async () => {
    await start({ limits: { responseTimeoutMs: 400 } })
    client = await FrameClient.connect(edge.port, ca)
    client.send(frame(frameType.settings, 0, 0, Buffer.from([0, 4, 0, 0, 0, 0])))
    client.send(frame(frameType.headers, 5, 1, getFields()))
    await waitFor(() => client?.frames.some(({ type }) => type === frameType.headers) === true)
    await waitFor(() => client?.frames.some(({ type }) => type === frameType.reset) === true)
  })

  it('a connection that broke the protocol while a request ran is ended in time', async () => {
    await start({
      limits: { responseTimeoutMs: 400, upstreamResponseTimeoutMs: 300, keepAliveTimeoutMs: 400 },
    })
    upstream.onRequest = () => undefined
    client = await FrameClient.connect(edge.port, ca)
    client.send(frame(frameType.headers, 5, 1, getFields()))
    await waitFor(() => upstream.heads.length === 1)
    // A stream that depends on itself (RFC 7540 section 5.3.1).
    client.send(frame(2, 0, 1, Buffer.from([0, 0, 0, 1, 1])))
    await waitFor(() => client?.goaway !== null)
    await client.closed()
    await waitFor(() => edge.engine.connections === 0)
  })

  it('a body that drips is ended in time', async () => {
    await start({ limits: { bodyTimeoutMs: 400 } })
    upstream.onRequest = () => undefined
    client = await FrameClient.connect(edge.port, ca)
    const head = Buffer.concat([
      fields([[':method', 'POST']]),
      getFields().subarray(fields([[':method', 'GET']]).length),
    ])
    client.send(frame(frameType.headers, 4, 1, head))
    await waitFor(() => edge.accesses.some(({ status }) => status === 408))
  })
})
