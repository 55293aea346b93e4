import { createServer, Server as HttpServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createOutbound } from '@sevenfold/outbound'
import type {
  OutboundErrorCode,
  OutboundOptions,
  OutboundRequest,
  OutboundResponse,
} from '@sevenfold/outbound'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

let servers: Server[] = []
let seen: IncomingMessage[] = []
let handler: Handler
let port: number

async function listen(server: Server): Promise<number> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const http = (handle: Handler) =>
  createServer((request, response) => {
    seen.push(request)
    handle(request, response)
  })

beforeEach(async () => {
  seen = []
  handler = (_request, response) => void response.end('fine')
  port = await listen(http((request, response) => handler(request, response)))
})
afterEach(async () => {
  for (const server of servers) {
    if (server instanceof HttpServer) server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  servers = []
})

const names: Record<string, readonly string[]> = {
  'named.test': ['127.0.0.1'],
  'other.test': ['127.0.0.1'],
  'inside.test': ['10.1.2.3', '192.168.0.1'],
  'metadata.test': ['169.254.169.254'],
  'mixed.test': ['169.254.169.254', '127.0.0.1'],
  'mapped.test': ['::ffff:127.0.0.1'],
  'empty.test': [],
}

const options: OutboundOptions = {
  namedHosts: ['named.test', 'other.test', 'metadata.test', 'mixed.test'],
  resolver: async (host) => {
    const found = names[host]
    if (found === undefined) throw new Error('no such name')
    return found
  },
}

const get = (path = '/', request: OutboundRequest = {}, host = 'named.test'): Promise<OutboundResponse> =>
  createOutbound(options).request(`http://${host}:${port}${path}`, request)

const text = ({ body }: OutboundResponse): string => new TextDecoder().decode(body)
const code = (value: OutboundErrorCode) => expect.objectContaining({ name: 'OutboundError', code: value })

describe('address check', () => {
  it('reaches a named host at the address that was checked, under its own name', async () => {
    const answer = await get()
    expect(answer).toMatchObject({ status: 200, address: '127.0.0.1', url: `http://named.test:${port}/` })
    expect(text(answer)).toBe('fine')
    expect(seen[0]?.headers.host).toBe(`named.test:${port}`)
  })

  it('asks the resolver once, so that a second answer cannot differ', async () => {
    let asked = 0
    const rebinding = createOutbound({
      namedHosts: ['named.test'],
      resolver: async () => (asked++ === 0 ? ['127.0.0.1'] : ['169.254.169.254']),
    })
    expect((await rebinding.request(`http://named.test:${port}/`)).address).toBe('127.0.0.1')
    expect(asked).toBe(1)
  })

  const refused = [
    'http://127.0.0.1:PORT/',
    'http://2130706433:PORT/',
    'http://0x7f.0.0.1:PORT/',
    'http://0177.0.0.1:PORT/',
    'http://127.1:PORT/',
    'http://[::1]:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
    'http://[64:ff9b::7f00:1]:PORT/',
    'http://0.0.0.0:PORT/',
    'http://10.0.0.1:PORT/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/',
    'http://inside.test:PORT/',
    'http://mapped.test:PORT/',
    'http://metadata.test:PORT/',
  ]
  for (const url of refused) {
    it(`does not connect to ${url}`, async () => {
      await expect(createOutbound(options).request(url.replace('PORT', String(port)))).rejects.toThrow(
        code('OUTBOUND_ADDRESS_REFUSED'),
      )
      expect(seen).toHaveLength(0)
    })
  }

  it('uses only the allowed address of a name with both kinds', async () => {
    expect((await get('/', {}, 'mixed.test')).address).toBe('127.0.0.1')
  })

  it('says that a name has no address', async () => {
    await expect(get('/', {}, 'nobody.test')).rejects.toThrow(code('OUTBOUND_RESOLVE'))
    await expect(get('/', {}, 'empty.test')).rejects.toThrow(code('OUTBOUND_RESOLVE'))
  })

  it('tries the next address of a name when one does not answer', async () => {
    const closed = createOutbound({
      ...options,
      namedHosts: ['two.test'],
      resolver: async () => ['127.0.0.2', '127.0.0.1'],
    })
    const answer = await closed.request(`http://two.test:${port}/`)
    expect(answer.address).toBe('127.0.0.1')
  })
})

describe('redirects', () => {
  const redirectTo = (location: string, status = 302): void => {
    handler = (request, response) => {
      if (request.url === '/') response.writeHead(status, { location }).end()
      else
        response.end(
          `${request.method} ${request.headers.authorization ?? '-'} ${request.headers['x-api-key'] ?? '-'}`,
        )
    }
  }

  it('keeps credentials on the same origin', async () => {
    redirectTo('/next')
    expect(text(await get('/', { headers: { Authorization: 'Bearer t', 'X-Api-Key': 'k' } }))).toBe(
      'GET Bearer t k',
    )
  })

  it('drops credentials when another host is named, though its address is the same', async () => {
    redirectTo(`http://other.test:${port}/next`)
    expect(
      text(await get('/', { headers: { Authorization: 'Bearer t', 'X-Api-Key': 'k', Accept: 'a/b' } })),
    ).toBe('GET - -')
    expect(seen[1]?.headers.accept).toBe('a/b')
    expect(seen[1]?.headers.cookie).toBeUndefined()
  })

  it('drops credentials when only the port differs', async () => {
    const second = await listen(
      http((request, response) => void response.end(request.headers.authorization ?? '-')),
    )
    redirectTo(`http://named.test:${second}/next`)
    expect(text(await get('/', { headers: { Authorization: 'Bearer t' } }))).toBe('-')
  })

  for (const location of [
    'http://127.0.0.1:PORT/x',
    'http://169.254.169.254/',
    'http://inside.test/',
    'http://[::ffff:7f00:1]:PORT/x',
    '//2130706433:PORT/x',
  ]) {
    it(`checks the address anew before following to ${location}`, async () => {
      redirectTo(location.replace('PORT', String(port)))
      await expect(get()).rejects.toThrow(code('OUTBOUND_ADDRESS_REFUSED'))
      expect(seen).toHaveLength(1)
    })
  }

  for (const location of [
    'file:///etc/passwd',
    'gopher://named.test/',
    'http://u:p@named.test/',
    'http://named.test\\@other.test/',
  ]) {
    it(`does not follow to ${location}`, async () => {
      redirectTo(location)
      await expect(get()).rejects.toThrow(code('OUTBOUND_URL'))
    })
  }

  it('follows exactly the number of redirects and refuses one more', async () => {
    handler = (request, response) => {
      const left = Number(request.url?.slice(1))
      if (left === 0) response.end('there')
      else response.writeHead(302, { location: `/${left - 1}` }).end()
    }
    expect(text(await get('/3'))).toBe('there')
    await expect(get('/4')).rejects.toThrow(code('OUTBOUND_REDIRECT'))
  })

  it('turns POST into GET where browsers do, and keeps method and body where they do', async () => {
    handler = (request, response) => {
      if (request.url === '/see') return void response.writeHead(303, { location: '/end' }).end()
      if (request.url === '/keep') return void response.writeHead(307, { location: '/end' }).end()
      request.setEncoding('utf8')
      let body = ''
      request
        .on('data', (chunk: string) => (body += chunk))
        .on('end', () => void response.end(`${request.method} ${body}`))
    }
    expect(text(await get('/see', { method: 'POST', body: 'b' }))).toBe('GET ')
    expect(text(await get('/keep', { method: 'POST', body: 'b' }))).toBe('POST b')
  })

  it('does not hand a body to another host', async () => {
    redirectTo(`http://other.test:${port}/next`, 307)
    await expect(get('/', { method: 'POST', body: 'secret' })).rejects.toThrow(code('OUTBOUND_REDIRECT'))
    expect(seen).toHaveLength(1)
  })
})

describe('limits', () => {
  it('takes an answer of exactly the size and refuses one byte more, with and without a stated length', async () => {
    for (const chunked of [false, true]) {
      handler = (request, response) => {
        const bytes = Buffer.alloc(Number(request.url?.slice(1)), 'x')
        if (chunked) response.write(bytes.subarray(0, 1))
        response.end(chunked ? bytes.subarray(1) : bytes)
      }
      expect((await get('/1000', { limits: { maxBytes: 1000 } })).body).toHaveLength(1000)
      await expect(get('/1001', { limits: { maxBytes: 1000 } })).rejects.toThrow(code('OUTBOUND_TOO_LARGE'))
    }
  })

  const codings = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync }
  for (const [coding, compress] of Object.entries(codings)) {
    it(`unfolds ${coding} and stops a bomb at the limit`, async () => {
      handler = (request, response) => {
        response.setHeader('content-encoding', coding)
        response.end(compress(Buffer.alloc(Number(request.url?.slice(1)))))
      }
      expect((await get('/100000', { limits: { maxBytes: 100_000 } })).body).toHaveLength(100_000)
      await expect(get('/50000000', { limits: { maxBytes: 100_000 } })).rejects.toThrow(
        code('OUTBOUND_TOO_LARGE'),
      )
    })

    it(`says when an answer only claims ${coding}`, async () => {
      handler = (_request, response) => {
        response.setHeader('content-encoding', coding)
        response.end('this is no such thing, not at all')
      }
      await expect(get()).rejects.toThrow(code('OUTBOUND_ENCODING'))
    })
  }

  it('refuses codings upon codings and unknown ones', async () => {
    for (const coding of ['gzip, gzip', 'zstd', '__proto__']) {
      handler = (_request, response) => void response.setHeader('content-encoding', coding).end(gzipSync('x'))
      await expect(get()).rejects.toThrow(code('OUTBOUND_ENCODING'))
    }
  })

  it('refuses a request body over the limit before anything is sent', async () => {
    await expect(get('/', { method: 'POST', body: 'xxx', limits: { maxRequestBytes: 2 } })).rejects.toThrow(
      code('OUTBOUND_TOO_LARGE'),
    )
    expect((await get('/', { method: 'POST', body: 'xx', limits: { maxRequestBytes: 2 } })).status).toBe(200)
    expect(seen).toHaveLength(1)
  })

  it('gives up on an answer that never comes, one that never ends, and a name that never resolves', async () => {
    handler = () => undefined
    await expect(get('/', { limits: { timeoutMs: 50 } })).rejects.toThrow(code('OUTBOUND_TIMEOUT'))
    handler = (_request, response) => void response.write('x')
    await expect(get('/', { limits: { timeoutMs: 50 } })).rejects.toThrow(code('OUTBOUND_TIMEOUT'))
    const deaf = createOutbound({ resolver: () => new Promise(() => undefined) })
    await expect(deaf.request('http://a.test/', { limits: { timeoutMs: 50 } })).rejects.toThrow(
      code('OUTBOUND_TIMEOUT'),
    )
  })

  it('gives up when the caller does', async () => {
    handler = () => undefined
    const given = new AbortController()
    const pending = get('/', { signal: given.signal })
    given.abort()
    await expect(pending).rejects.toThrow(code('OUTBOUND_ABORTED'))
    await expect(get('/', { signal: AbortSignal.abort() })).rejects.toThrow(code('OUTBOUND_ABORTED'))
  })

  it('gives up on a TLS handshake that never ends', async () => {
    const sockets: Socket[] = []
    const silent = await listen(createTcpServer((socket) => void sockets.push(socket)))
    const tls = createOutbound({ ...options, limits: { connectTimeoutMs: 50 } }).request(
      `https://named.test:${silent}/`,
    )
    await expect(tls).rejects.toThrow(code('OUTBOUND_TIMEOUT'))
    for (const socket of sockets) socket.destroy()
  })

  it('refuses a head over the limit', async () => {
    handler = (_request, response) => void response.setHeader('x-long', 'x'.repeat(3000)).end()
    await expect(get('/', { limits: { maxHeaderBytes: 2048 } })).rejects.toThrow(code('OUTBOUND_CONNECT'))
  })
})

describe('answers', () => {
  it('gives any status without throwing', async () => {
    handler = (_request, response) => void response.writeHead(503, { 'Retry-After': '5' }).end('later')
    expect(await get()).toMatchObject({ status: 503, headers: { 'retry-after': '5' } })
  })

  it('needs no body for HEAD, 204 and 304, whatever their headers claim', async () => {
    handler = (request, response) => {
      response.writeHead(Number(request.url?.slice(1)), { 'content-encoding': 'gzip' }).end()
    }
    for (const [path, method] of [
      ['/204', 'GET'],
      ['/304', 'GET'],
      ['/200', 'HEAD'],
    ] as const) {
      expect((await get(path, { method })).body).toHaveLength(0)
    }
  })

  it('says when an answer breaks off', async () => {
    handler = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('x', () => response.destroy())
    }
    await expect(get()).rejects.toThrow(code('OUTBOUND_CONNECT'))
  })

  it('lets no caller choose the host header or the framing', async () => {
    await get('/', {
      headers: { Host: 'evil.test', 'Transfer-Encoding': 'chunked', Connection: 'upgrade', Upgrade: 'x' },
    })
    expect(seen[0]?.headers).toMatchObject({ host: `named.test:${port}` })
    expect(seen[0]?.headers['transfer-encoding']).toBeUndefined()
    expect(seen[0]?.headers.upgrade).toBeUndefined()
  })

  it('shows neither path nor headers in errors', async () => {
    const closed = createOutbound(options).request('http://named.test:1/secret-path', {
      headers: { Authorization: 'secret-token' },
    })
    await expect(closed).rejects.toThrow(code('OUTBOUND_CONNECT'))
    await expect(closed).rejects.not.toThrow(/secret/)
  })
})
