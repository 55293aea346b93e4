import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import http2 from 'node:http2'
import type { Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SiteConfig } from '@sevenfold/config'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { defaultUpstreamLimits } from '../src/upstream/upstream-limits.ts'
import { buildUpstreams } from '../src/worker/build-upstreams.ts'
import { siteConfig } from './support/edge-process.ts'
import { RawClient } from './support/raw-client.ts'
import { TestEdge } from './support/test-edge.ts'

let folder = ''
let path = ''
let edge: TestEdge | undefined
const servers: Server[] = []
const connections = new Set<object>()

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sf-uu-'))
  path = join(folder, 'app.sock')
  connections.clear()
})
afterEach(async () => {
  await edge?.close()
  edge = undefined
  for (const server of servers.splice(0)) server.close()
  rmSync(folder, { recursive: true, force: true })
})

async function serve(app: Server, pool: Record<string, unknown> = {}): Promise<void> {
  servers.push(app)
  app.on('connection', (socket) => connections.add(socket))
  app.listen(path)
  await once(app, 'listening')
  await start(pool)
}

async function start(pool: Record<string, unknown> = {}, own = false): Promise<void> {
  const base = siteConfig('shop', 1)
  const upstream = { url: `unix:${path}`, protocol: 'http', host: 'localhost', port: 0, path }
  // A compiled site with what this test needs.
  const site = {
    ...base,
    upstream,
    pool: { ...(base['pool'] as object), ...pool },
  } as unknown as SiteConfig
  const upstreams = buildUpstreams(site, {
    limits: defaultUpstreamLimits as never, // the further limits are not read here
    monotonicMs: () => performance.now(),
    isOwnListener: () => false,
    isOwnSocket: (named) => own && named === path,
    onTarget: () => undefined,
  })
  edge = await TestEdge.start({ sites: [{ upstreamPort: 1, pool: upstreams }] })
}

async function ask(request: string): Promise<string> {
  const client = await RawClient.connect(edge?.port ?? 0)
  client.send(request)
  const { status, body } = await client.answer()
  client.close()
  return `${status} ${body.split('\n')[0] ?? ''}`
}

const get = 'GET /a HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n'
const post = 'POST /b HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello'

function answer(request: http.IncomingMessage, response: http.ServerResponse): void {
  let body = ''
  request.on('data', (piece) => (body += String(piece)))
  request.on('end', () => response.end(`${request.method} ${request.headers.host} ${body}`))
}

describe('a service on a Unix socket', () => {
  it('is reached over HTTP/1.1, on a connection that is used again', async () => {
    await serve(http.createServer(answer))
    expect(await ask(get)).toBe('200 GET shop.test ')
    expect(await ask(post)).toBe('200 POST shop.test hello')
    expect(connections.size).toBe(1)
  })

  it('is reached over HTTP/2', async () => {
    const app = http2.createServer((request, response) => {
      response.end(`${request.method} ${request.authority}`)
    })
    await serve(app, { protocol: 'http2' })
    expect(await ask(get)).toBe('200 GET shop.test')
  })

  it('that nobody serves is answered with 502', async () => {
    await start()
    expect(await ask(get)).toMatch(/^502 /)
  })

  it('of this installation is refused', async () => {
    await expect(start({}, true)).rejects.toThrow('is a socket of ours')
  })
})
