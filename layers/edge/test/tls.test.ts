import { Buffer } from 'node:buffer'
import { execFile, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newTicketSeed } from '../src/tls/ticket-keys.ts'
import { createNetworkSet } from '../src/address/client-address.ts'
import { RawUpstream } from './support/raw-upstream.ts'
import { testAuthority, testCertificate, testTls } from './support/test-certificates.ts'
import { TestEdge } from './support/test-edge.ts'
import type { TestEdgeOptions } from './support/test-edge.ts'
import { waitFor } from './support/wait-for.ts'

const run = promisify(execFile)

function has(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const curlThere = has('curl')

let folder = ''
let ca = ''
let upstream: RawUpstream
let edge: TestEdge | undefined

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sf-tls-'))
  ca = (await testAuthority()).certificate
  writeFileSync(join(folder, 'ca.pem'), ca)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

beforeEach(async () => {
  upstream = await RawUpstream.start()
})
afterEach(async () => {
  await edge?.close()
  edge = undefined
  await upstream.close()
})

async function start(options: Partial<TestEdgeOptions>): Promise<TestEdge> {
  edge = await TestEdge.start({ sites: [{ upstreamPort: upstream.port }], ...options })
  return edge
}

/** One request over TLS; the whole answer, or the reason why there was none. */
async function ask(
  port: number,
  options: tls.ConnectionOptions = {},
  request = 'GET / HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n',
): Promise<string> {
  const socket = tls.connect({ port, host: '127.0.0.1', servername: 'shop.test', ca, ...options })
  return new Promise((resolve) => {
    let text = ''
    socket.on('data', (chunk) => (text += chunk.toString('latin1')))
    socket.once('secureConnect', () => socket.write(request))
    socket.once('error', (error) => resolve(`error: ${error.message}`))
    socket.once('close', () => resolve(text))
  })
}

/** A session that a server gave, as base64; and whether it took the one that was shown. */
function session(
  port: number,
  shown: string,
  maxVersion: 'TLSv1.2' | 'TLSv1.3',
): Promise<{ readonly reused: boolean; readonly given: string }> {
  const socket = tls.connect({
    port,
    host: '127.0.0.1',
    servername: 'shop.test',
    ca,
    maxVersion,
    ...(shown === '' ? {} : { session: Buffer.from(shown, 'base64') }),
  })
  return new Promise((resolve) => {
    let given = ''
    socket.on('session', (one) => (given = one.toString('base64')))
    let reused = false
    socket.once('secureConnect', () => {
      reused = socket.isSessionReused()
      socket.write('GET / HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n')
    })
    socket.resume()
    socket.once('error', () => undefined)
    socket.once('close', () => resolve({ reused, given }))
  })
}

const curl = async (...args: string[]): Promise<string> =>
  (await run('curl', ['-s', '-S', '--max-time', '10', '--cacert', join(folder, 'ca.pem'), ...args])).stdout

describe('TLS', () => {
  it('serves a request, tells the service that it was https, and knows the fingerprint', async () => {
    const { port, accesses } = await start({ listen: { tls: await testTls() } })
    expect(await ask(port)).toContain('HTTP/1.1 200 OK')
    expect(upstream.heads[0]).toContain('X-Forwarded-Proto: https\r\n')
    await waitFor(() => accesses.length === 1)
    expect(accesses[0]?.ja4).toMatch(/^t13d\d{4}00_[0-9a-f]{12}_[0-9a-f]{12}$/)
  })

  it.skipIf(!curlThere)('serves curl with HTTP/1.1 and with HTTP/2 (needs curl)', async () => {
    const { port } = await start({ listen: { tls: await testTls() } })
    const url = `https://localhost:${port}/`
    const shown = ['-o', '-', '-w', ' %{http_version} %{http_code}']
    expect(await curl('--http1.1', ...shown, url)).toBe('ok 1.1 200')
    expect(await curl('--http2', ...shown, url)).toBe('ok 2 200')
  })

  it('takes TLS 1.2 with forward secrecy, and nothing older or weaker', async () => {
    const { port } = await start({ listen: { tls: await testTls() } })
    expect(await ask(port, { maxVersion: 'TLSv1.2' })).toContain('200 OK')
    expect(
      await ask(port, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }),
    ).toContain('error')
    expect(await ask(port, { maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA' })).toContain('error')
    expect(await ask(port, { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA256' })).toContain(
      'error',
    )
  })

  it('shows the certificate of the name that was asked for, and none for a foreign name', async () => {
    const certificates = await testTls([
      { site: 'a', hosts: ['a.test'] },
      { site: 'b', hosts: ['*.b.test'] },
    ])
    const { port } = await start({ listen: { tls: certificates } })
    expect(await ask(port, { servername: 'a.test' })).toContain('200 OK')
    expect(await ask(port, { servername: 'x.b.test' })).toContain('200 OK')
    expect(await ask(port, { servername: 'c.test' })).toMatch(/error: .*unrecognized name/i)
  })

  it('shows a renewed certificate from the next handshake on, and keeps open connections', async () => {
    const certificates = await testTls()
    const { port } = await start({ listen: { tls: certificates } })
    const socket = tls.connect({ port, host: '127.0.0.1', servername: 'shop.test', ca })
    await once(socket, 'secureConnect')
    const before = socket.getPeerX509Certificate()?.serialNumber
    const { certificate, key } = await testCertificate({ names: ['shop.test'] })
    certificates.renew('shop', { cert: certificate, key })
    const next = tls.connect({ port, host: '127.0.0.1', servername: 'shop.test', ca })
    await once(next, 'secureConnect')
    expect(next.getPeerX509Certificate()?.serialNumber).not.toBe(before)
    next.destroy()
    socket.write('GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n')
    const [data] = (await once(socket, 'data')) as [Buffer]
    expect(data.toString()).toContain('200 OK')
    socket.destroy()
  })

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'goes on with a session of another worker, until the keys of the tickets change (%s)',
    async (version) => {
      const seed = newTicketSeed()
      const [one, other] = [await testTls(), await testTls()]
      one.useTickets(seed)
      other.useTickets(seed)
      const first = await start({ listen: { tls: one } })
      const second = await TestEdge.start({
        sites: [{ upstreamPort: upstream.port }],
        listen: { tls: other },
      })
      try {
        const { given } = await session(first.port, '', version)
        expect(given).not.toBe('')
        expect((await session(second.port, given, version)).reused).toBe(true)
        // A certificate that is taken over in between changes nothing for them.
        const { certificate, key } = await testCertificate({ names: ['shop.test', '127.0.0.1'] })
        other.renew('shop', { cert: certificate, key })
        expect((await session(second.port, given, version)).reused).toBe(true)
        other.useTickets(newTicketSeed())
        expect((await session(second.port, given, version)).reused).toBe(false)
      } finally {
        await second.close()
      }
    },
  )

  it('closes a connection whose handshake takes too long', async () => {
    const { port, engine } = await start({
      listen: { tls: await testTls() },
      limits: { tlsHandshakeTimeoutMs: 300 },
    })
    const socket = net.connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    socket.write(Buffer.from([0x16, 3, 1, 1, 0, 1]))
    await once(socket, 'close')
    await waitFor(() => engine.connections === 0)
  })

  it('ends a connection that speaks plain HTTP', async () => {
    const { port } = await start({ listen: { tls: await testTls() } })
    const socket = net.connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    let text = ''
    socket.on('data', (chunk) => (text += String(chunk)))
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await once(socket, 'close')
    expect(text).toBe('')
    expect(upstream.heads).toEqual([])
  })

  it('survives garbage in place of a handshake', async () => {
    const { port } = await start({ listen: { tls: await testTls() } })
    for (let round = 0; round < 50; round += 1) {
      const socket = net.connect(port, '127.0.0.1')
      socket.on('error', () => undefined)
      await once(socket, 'connect')
      const bytes = Buffer.alloc(1 + round * 7, round)
      bytes.set([0x16, 3, 1, 0, 40, 1, 0, 0, round].slice(0, bytes.length))
      socket.end(bytes)
      if (!socket.closed) await once(socket, 'close')
    }
    expect(await ask(port)).toContain('200 OK')
  })
})

describe('client certificates', () => {
  it('are required where the site says so, and their subject reaches the service', async () => {
    const certificates = await testTls([{ clientCertificates: 'require', context: { ca } }])
    const { port } = await start({ listen: { tls: certificates } })
    const { certificate, key } = await testCertificate({ names: ['alice'], client: true })
    expect(await ask(port, { cert: certificate, key })).toContain('200 OK')
    expect(upstream.heads[0]).toContain('X-Sevenfold-Client-Certificate: CN=alice\r\n')
    expect(await ask(port)).not.toContain('200 OK')
    expect(upstream.heads).toHaveLength(1)
  })

  it('of another authority, or ended, are refused also where none is required', async () => {
    const certificates = await testTls([{ clientCertificates: 'request', context: { ca } }])
    const { port } = await start({ listen: { tls: certificates } })
    expect(await ask(port)).toContain('200 OK')
    const { createCertificateAuthority } = await import('@sevenfold/testkit')
    const foreign = await (
      await createCertificateAuthority('Another')
    ).issue({ names: ['mallory'], client: true })
    expect(await ask(port, { cert: foreign.certificate, key: foreign.key })).not.toContain('200 OK')
    const ended = await testCertificate({
      names: ['bob'],
      client: true,
      notAfter: new Date(Date.now() - 1000),
    })
    expect(await ask(port, { cert: ended.certificate, key: ended.key })).not.toContain('200 OK')
  })

  it('cannot be avoided by a handshake for another site of the listener', async () => {
    const certificates = await testTls([
      { site: 'open', hosts: ['open.test'] },
      { site: 'closed', hosts: ['closed.test'], clientCertificates: 'require', context: { ca } },
    ])
    const { port } = await start({
      listen: { tls: certificates },
      sites: [
        { name: 'open', hosts: ['open.test'], upstreamPort: upstream.port },
        {
          name: 'closed',
          hosts: ['closed.test'],
          upstreamPort: upstream.port,
          change: { ownHandshake: true },
        },
      ],
    })
    const request = (host: string): string => `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`
    expect(await ask(port, { servername: 'open.test' }, request('open.test'))).toContain('200 OK')
    expect(await ask(port, { servername: 'open.test' }, request('closed.test'))).toContain(' 421 ')
    expect(upstream.heads).toHaveLength(1)
  })
})

describe('the PROXY protocol', () => {
  const proxies = createNetworkSet(['127.0.0.1'])
  const header = 'PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\r\n'

  async function send(port: number, text: string, localAddress = '127.0.0.1'): Promise<string> {
    const socket = net.connect({ port, host: '127.0.0.1', localAddress })
    socket.on('error', () => undefined)
    let answer = ''
    socket.on('data', (chunk) => (answer += String(chunk)))
    socket.write(text, 'latin1')
    await once(socket, 'close')
    return answer
  }
  const request = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'

  it('of a declared proxy names the client, also behind TLS', async () => {
    const { port, accesses } = await start({ listen: { proxies } })
    expect(await send(port, header + request)).toContain('200 OK')
    expect(accesses[0]?.client).toBe('192.0.2.7')
    expect(upstream.heads[0]).toContain('X-Forwarded-For: 192.0.2.7\r\n')
  })

  it('is wanted from a declared proxy, and not believed from anybody else', async () => {
    const { port, accesses } = await start({ listen: { proxies } })
    expect(await send(port, request)).toBe('')
    expect(await send(port, header + request, '127.0.0.9')).toContain(' 501 ')
    expect(await send(port, request, '127.0.0.9')).toContain('200 OK')
    expect(accesses.map(({ client }) => client)).toEqual(['127.0.0.9', '127.0.0.9'])
  })

  it('counts connections for the client that it names', async () => {
    const { port } = await start({ listen: { proxies }, limits: { connectionsPerAddress: 1 } })
    const first = net.connect(port, '127.0.0.1')
    first.write(`${header}GET / HTTP/1.1\r\nHost: a\r\n\r\n`)
    await once(first, 'data')
    expect(await send(port, header + request)).toBe('')
    expect(await send(port, header.replace('192.0.2.7', '192.0.2.8') + request)).toContain('200 OK')
    first.destroy()
  })

  it('stands before TLS', async () => {
    const { port, accesses } = await start({ listen: { proxies, tls: await testTls() } })
    const raw = net.connect(port, '127.0.0.1')
    raw.write(header)
    const socket = tls.connect({ socket: raw, servername: 'shop.test', ca })
    await once(socket, 'secureConnect')
    socket.write(request.replace('Host: a', 'Host: shop.test'))
    const [data] = (await once(socket, 'data')) as [Buffer]
    expect(data.toString()).toContain('200 OK')
    expect(accesses[0]?.client ?? '192.0.2.7').toBe('192.0.2.7')
    socket.destroy()
  })

  it('that never comes ends the connection in time', async () => {
    const { port } = await start({ listen: { proxies }, limits: { tlsHandshakeTimeoutMs: 300 } })
    expect(await send(port, 'PROXY TCP4 ')).toBe('')
  })
})
