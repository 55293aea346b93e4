import { once } from 'node:events'
import type { EventEmitter } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SiteConfig } from '@sevenfold/config'
import { createCertificateAuthority } from '@sevenfold/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { defaultUpstreamLimits } from '../src/upstream/upstream-limits.ts'
import type { UpstreamLimits } from '../src/upstream/upstream-limits.ts'
import type { Upstreams } from '../src/upstream/upstreams.ts'
import { buildUpstreams } from '../src/worker/build-upstreams.ts'
import { siteConfig } from './support/edge-process.ts'
import { freePort } from './support/free-port.ts'
import { RawClient } from './support/raw-client.ts'
import { testAuthority, testCertificate } from './support/test-certificates.ts'
import { TestEdge } from './support/test-edge.ts'
import { waitFor } from './support/wait-for.ts'

/** What servers of all kinds have in common. */
interface AnyServer extends EventEmitter {
  listen(port: number, host: string): unknown
  address(): unknown
  close(): unknown
}

const servers: AnyServer[] = []
const sessions: http2.ServerHttp2Session[] = []
let folder = ''
let edge: TestEdge | undefined
let changes: string[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sf-up-'))
  changes = []
})
afterEach(async () => {
  await edge?.close()
  edge = undefined
  for (const session of sessions.splice(0)) session.destroy()
  for (const server of servers.splice(0)) {
    if (server instanceof http.Server || server instanceof https.Server) server.closeAllConnections()
    server.close()
  }
  rmSync(folder, { recursive: true, force: true })
})

async function portOf(server: AnyServer): Promise<number> {
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

function named(name: string, handler?: http.RequestListener): Promise<number> {
  return portOf(http.createServer(handler ?? ((_request, response) => response.end(name))))
}

function upstreamOf(port: number, protocol: 'http' | 'https' = 'http'): SiteConfig['upstream'] {
  return { url: `${protocol}://127.0.0.1:${port}`, protocol, host: '127.0.0.1', port }
}

/** An edge before these services. */
async function serve(
  ports: readonly number[],
  pool: Record<string, unknown> = {},
  more: { protocol?: 'http' | 'https'; limits?: Partial<UpstreamLimits> } = {},
): Promise<Upstreams> {
  const [first = 0, ...rest] = ports
  const base = siteConfig('shop', first)
  const site = {
    ...base,
    upstream: upstreamOf(first, more.protocol),
    pool: {
      ...(base['pool'] as object),
      targets: rest.map((port) => upstreamOf(port, more.protocol)),
      ...pool,
    },
  } as unknown as SiteConfig // a compiled site with what this test needs
  const upstreams = buildUpstreams(site, {
    limits: { ...defaultUpstreamLimits, ...more.limits } as never, // the further limits are not read here
    monotonicMs: () => performance.now(),
    isOwnListener: () => false,
    isOwnSocket: () => false,
    onTarget: (url, up) => void changes.push(`${url.split(':').at(-1)} ${up ? 'up' : 'down'}`),
  })
  edge = await TestEdge.start({ sites: [{ upstreamPort: first, pool: upstreams }] })
  return upstreams
}

async function ask(request = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'): Promise<string> {
  const client = await RawClient.connect(edge?.port ?? 0)
  client.send(request)
  const { status, body } = await client.answer()
  client.close()
  return `${status} ${body.slice(0, 40).split('\n')[0] ?? ''}`
}

async function asks(count: number): Promise<string[]> {
  const list: string[] = []
  for (let i = 0; i < count; i += 1) list.push(await ask())
  return list
}

describe('several services', () => {
  it('get the requests in turn', async () => {
    await serve([await named('a'), await named('b'), await named('c')])
    expect(await asks(6)).toEqual(['200 a', '200 b', '200 c', '200 a', '200 b', '200 c'])
  })

  it('get them where the fewest run', async () => {
    let release = (): void => undefined
    const slow = await named('slow', (_request, response) => (release = () => response.end('slow')))
    await serve([slow, await named('quick')], { balance: 'least-connections' })
    const waiting = ask()
    await waitFor(() => edge?.pools[0]?.running === 1)
    expect(await asks(3)).toEqual(['200 quick', '200 quick', '200 quick'])
    release()
    expect(await waiting).toBe('200 slow')
  })

  it('stand in for one that cannot be reached, for any method, and it is left alone', async () => {
    const dead = await freePort()
    await serve([dead, await named('alive')], { failures: 3 })
    const post = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi'
    const answers: string[] = []
    for (let i = 0; i < 10; i += 1) answers.push(await ask(post))
    expect(answers).toEqual(Array.from({ length: 10 }, () => '200 alive'))
    expect(changes).toEqual([`${dead} down`])
  })

  it('do not get a request again that was sent', async () => {
    let seen = 0
    const resets = await named('x', (request) => {
      seen += 1
      request.socket.destroy()
    })
    const other = await named('other', (_request, response) => {
      seen += 1
      response.end('other')
    })
    await serve([resets, other])
    expect(
      await ask('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi'),
    ).toMatch(/^502 /)
    expect(seen).toBe(1)
  })
})

describe('a circuit breaker', () => {
  it('answers 503 at once while open, tries once, and closes with the first answer', async () => {
    let alive = false
    let hits = 0
    const port = await named('x', (request, response) => {
      hits += 1
      if (alive) response.end('back')
      else request.socket.destroy()
    })
    await serve([port], { failures: 2, openForMs: 300, retries: 0 })
    expect((await asks(4)).map((one) => one.slice(0, 3))).toEqual(['502', '502', '503', '503'])
    expect(hits).toBe(2)
    alive = true
    await waitFor(() => performance.now() > 0)
    await new Promise((resolve) => setTimeout(resolve, 350))
    expect(await ask()).toBe('200 back')
    expect(changes.map((one) => one.split(' ')[1])).toEqual(['down', 'up'])
  })

  it('does not open for answers that only say 500', async () => {
    const port = await named('x', (_request, response) => {
      response.statusCode = 500
      response.end('broken')
    })
    await serve([port], { failures: 2 })
    expect(new Set(await asks(6))).toEqual(new Set(['500 broken']))
  })
})

describe('active checks', () => {
  it('take a service away that answers badly, and bring it back', async () => {
    let good = true
    const port = await named('x', (request, response) => {
      if (request.url === '/health') response.statusCode = good ? 200 : 503
      response.end('ok')
    })
    await serve([port, await named('other', (_request, response) => response.end('other'))], {
      health: { path: '/health', intervalMs: 50, healthyAfter: 2, unhealthyAfter: 2 },
    })
    good = false
    await waitFor(() => changes.includes(`${port} down`))
    expect(new Set(await asks(4))).toEqual(new Set(['200 other']))
    good = true
    await waitFor(() => changes.includes(`${port} up`))
    expect(await asks(2)).toContain('200 ok')
  })
})

describe('https services', () => {
  async function secure(names: readonly string[]): Promise<number> {
    const { certificate, key } = await testCertificate({ names })
    return portOf(
      https.createServer({ cert: certificate, key }, (_request, response) => response.end('secret')),
    )
  }
  async function caFile(): Promise<string> {
    const path = join(folder, 'ca.pem')
    writeFileSync(path, (await testAuthority()).certificate)
    return path
  }

  it('are served when their certificate is of the authority and has the name', async () => {
    await serve([await secure(['127.0.0.1'])], { tls: { ca: await caFile() } }, { protocol: 'https' })
    expect(await asks(3)).toEqual(['200 secret', '200 secret', '200 secret'])
    await edge?.close()
    await serve(
      [await secure(['app.internal'])],
      { tls: { ca: await caFile(), serverName: 'app.internal' } },
      { protocol: 'https' },
    )
    expect(await ask()).toBe('200 secret')
  })

  it('get no byte of a request when it has another name, another authority, or has ended', async () => {
    const ca = await caFile()
    await serve([await secure(['other.internal'])], { tls: { ca } }, { protocol: 'https' })
    expect(await ask()).toMatch(/^502 /)
    expect(edge?.accesses[0]?.failure).toBe('EDGE_UPSTREAM_TLS')
    await edge?.close()
    const foreign = await (await createCertificateAuthority('Another')).issue({ names: ['127.0.0.1'] })
    let seen = 0
    const port = await portOf(
      https.createServer({ cert: foreign.certificate, key: foreign.key }, () => (seen += 1)),
    )
    await serve([port], { tls: { ca } }, { protocol: 'https' })
    expect(await ask()).toMatch(/^502 /)
    await edge?.close()
    const ended = await testCertificate({ names: ['127.0.0.1'], notAfter: new Date(Date.now() - 1000) })
    const late = await portOf(
      https.createServer({ cert: ended.certificate, key: ended.key }, () => (seen += 1)),
    )
    await serve([late], { tls: { ca } }, { protocol: 'https' })
    expect(await ask()).toMatch(/^502 /)
    expect(seen).toBe(0)
  })

  it('pass large bodies both ways', async () => {
    const { certificate, key } = await testCertificate({ names: ['127.0.0.1'] })
    const port = await portOf(
      https.createServer({ cert: certificate, key }, (request, response) => request.pipe(response)),
    )
    await serve([port], { tls: { ca: await caFile() } }, { protocol: 'https' })
    const body = 'x'.repeat(1_000_000)
    const client = await RawClient.connect(edge?.port ?? 0)
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
    expect((await client.answer()).body.length).toBe(body.length)
    client.close()
  })
})

describe('services of HTTP/2', () => {
  function echo(stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders): void {
    stream.respond({
      ':status': 200,
      'x-path': String(headers[':path']),
      'x-authority': String(headers[':authority']),
    })
    stream.pipe(stream)
  }

  it('without TLS get requests and bodies', async () => {
    const server = http2.createServer()
    server.on('stream', echo)
    server.on('session', (session) => sessions.push(session))
    await serve([await portOf(server)], { protocol: 'http2' })
    const client = await RawClient.connect(edge?.port ?? 0)
    client.send(
      'POST /a?b HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n',
    )
    const answer = await client.answer()
    expect([answer.status, answer.body, answer.header('x-path'), answer.header('x-authority')]).toEqual([
      200,
      'abcde',
      '/a?b',
      'shop.test',
    ])
    expect((await client.get('/c')).header('x-path')).toBe('/c')
    client.close()
  })

  it('get requests that say a thing twice, or name parts of HTTP/1.1', async () => {
    const server = http2.createServer()
    const seen: http2.IncomingHttpHeaders[] = []
    server.on('stream', (stream, headers) => {
      seen.push(headers)
      echo(stream, headers)
    })
    server.on('session', (session) => sessions.push(session))
    await serve([await portOf(server)], { protocol: 'http2' })
    const twice = ['Range', 'If-Match', 'Authorization', 'From', 'DNT', 'Upgrade-Insecure-Requests', 'Accept']
    const lines = twice.map((name) => `${name}: x\r\n${name}: y\r\n`).join('')
    const odd = 'HTTP2-Settings: a\r\nConstructor: b\r\n__proto__: c\r\nCookie: d=1\r\nCookie: e=2\r\n'
    const answer = await ask(`GET /a HTTP/1.1\r\nHost: a\r\n${lines}${odd}Connection: close\r\n\r\n`)
    expect(answer).toMatch(/^200 /)
    expect(seen[0]).toMatchObject({
      range: 'x, y',
      authorization: 'x, y',
      cookie: 'd=1; e=2',
      accept: 'x, y',
    })
    expect(seen[0]?.['http2-settings']).toBeUndefined()
  })

  it('with TLS share one connection', async () => {
    const { certificate, key } = await testCertificate({ names: ['127.0.0.1'] })
    const server = http2.createSecureServer({ cert: certificate, key })
    server.on('stream', echo)
    server.on('session', (session) => sessions.push(session))
    writeFileSync(join(folder, 'ca.pem'), (await testAuthority()).certificate)
    const pool = { protocol: 'http2', tls: { ca: join(folder, 'ca.pem') } }
    await serve([await portOf(server)], pool, { protocol: 'https' })
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask()))
    expect(new Set(answers)).toEqual(new Set(['200 ']))
    expect(sessions).toHaveLength(1)
  })

  it('that reset, stall or are away give the ordinary answers', async () => {
    const server = http2.createServer()
    server.on('session', (session) => sessions.push(session))
    server.on('stream', (stream, headers) => {
      stream.on('error', () => undefined)
      if (headers[':path'] === '/reset') stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR)
    })
    await serve(
      [await portOf(server)],
      { protocol: 'http2', failures: 100 },
      { limits: { upstreamResponseTimeoutMs: 600 } },
    )
    const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`
    expect(await ask(get('/reset'))).toMatch(/^502 /)
    expect(await ask(get('/stall'))).toMatch(/^504 /)
    await edge?.close()
    await serve([await freePort()], { protocol: 'http2' })
    expect(await ask()).toMatch(/^502 /)
    expect(edge?.accesses[0]?.failure).toBe('EDGE_UPSTREAM_CONNECT')
  })
})

describe('server-sent events', () => {
  it('reach the client one by one, as they are sent', async () => {
    let send = (_text: string): void => undefined
    const port = await named('x', (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' })
      send = (text) => void response.write(text)
      send('data: 1\n\n')
    })
    await serve([port])
    const client = await RawClient.connect(edge?.port ?? 0)
    client.send('GET / HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n')
    expect(await client.readHead()).toContain('text/event-stream')
    expect(await client.read(14)).toContain('data: 1')
    send('data: 2\n\n')
    expect(await client.read(14)).toContain('data: 2')
    client.close()
  })
})
