import { Buffer } from 'node:buffer'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RawClient } from './support/raw-client.ts'
import { RawUpstream } from './support/raw-upstream.ts'
import { TestEdge } from './support/test-edge.ts'
import type { TestEdgeOptions } from './support/test-edge.ts'
import { waitFor } from './support/wait-for.ts'

let upstream: RawUpstream
let edge: TestEdge
let client: RawClient

async function restart(options: Partial<TestEdgeOptions> = {}): Promise<void> {
  client.close()
  await edge.close()
  edge = await TestEdge.start({ sites: [{ upstreamPort: upstream.port }], ...options })
  client = await RawClient.connect(edge.port)
}

beforeEach(async () => {
  upstream = await RawUpstream.start()
  edge = await TestEdge.start({ sites: [{ upstreamPort: upstream.port }] })
  client = await RawClient.connect(edge.port)
})

afterEach(async () => {
  client.close()
  await edge.close()
  await upstream.close()
})

const answerWith = (text: string): void => {
  upstream.onRequest = ({ socket }) => void socket.write(text, 'latin1')
}

describe('what reaches the upstream', () => {
  it('is written anew, with one Host, our forwarding headers, and the trace', async () => {
    client.send(
      'GET http://Shop.Test/a?b=1 HTTP/1.1\r\nhOsT:  Shop.Test \r\nX-A:1\r\nX-B: 2 \t\r\nCookie: c=d\r\n\r\n',
    )
    const answer = await client.answer()
    expect(answer.status).toBe(200)
    expect(upstream.heads).toEqual([
      'GET /a?b=1 HTTP/1.1\r\nHost: shop.test\r\nX-A: 1\r\nX-B: 2\r\nCookie: c=d\r\nX-Forwarded-For: 127.0.0.1\r\nX-Real-IP: 127.0.0.1\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: shop.test\r\nX-Request-Id: id-1\r\nX-Sevenfold-Trace: id-1\r\n',
    ])
    expect(answer.header('X-Request-Id')).toBe('id-1')
  })

  it('holds nothing that belongs to the client connection', async () => {
    await client.get(
      '/',
      'Connection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nProxy-Connection: x\r\nTE: trailers\r\nTrailer: X\r\nUpgrade: h2c\r\n',
    )
    expect(upstream.heads[0]).not.toMatch(/x-hop|keep-alive|proxy-connection|\bTE:|trailer|upgrade/i)
  })

  const claims = [
    'X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Proto', 'X-Forwarded-Port', 'Forwarded', 'X-Real-IP',
    'CF-Connecting-IP', 'True-Client-IP', 'X-Original-URL', 'X-Rewrite-URL', 'X-Sevenfold-Trace', 'X-Sevenfold-Any',
    'X-Request-Id', 'X_Forwarded_For', 'x_real_ip', 'X_Sevenfold_Trace', 'X-Forwarded_For', 'X.Forwarded.For', 'x.real-ip', 'Proxy',
    'Proxy-Client-IP', 'WL-Proxy-Client-IP', 'X-Originating-IP', 'X-Remote-Addr', 'X.Original.URL', 'X.Sevenfold.Trace',
  ] // prettier-ignore
  for (const name of claims) {
    it(`does not hold what the client claims in ${name}`, async () => {
      expect((await client.get('/', `${name}: forged.example\r\n`)).status).toBe(200)
      expect(upstream.heads[0]).not.toContain('forged')
    })
  }

  it('gets a Host from us when an HTTP/1.0 client sends none', async () => {
    client.send('GET / HTTP/1.0\r\n\r\n')
    const answer = await client.answer()
    expect(answer.status).toBe(200)
    expect(answer.header('Connection')).toBe('close')
    expect(upstream.heads[0]).toContain(`Host: 127.0.0.1:${upstream.port}\r\n`)
  })
})

describe('bodies of requests', () => {
  it('pass by length', async () => {
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel')
    client.send('lo')
    expect((await client.answer()).status).toBe(200)
    await waitFor(() => upstream.bytes[0]?.endsWith('\r\n\r\nhello') === true, 'the body')
    expect(upstream.heads[0]).toContain('Content-Length: 5\r\n')
  })

  it('pass by chunks, framed anew, without trailers', async () => {
    upstream.onRequest = () => {}
    client.send(
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-T: 1\r\n\r\n',
    )
    await waitFor(() => upstream.bytes[0]?.endsWith('0\r\n\r\n') === true, 'the end of the body')
    expect(upstream.heads[0]).toContain('Transfer-Encoding: chunked\r\n')
    // How pieces are cut is the engine's affair.
    expect(upstream.bytes[0]).toMatch(/\r\n\r\n(?:5\r\nabcde|3\r\nabc\r\n2\r\nde)\r\n0\r\n\r\n$/)
    for (const socket of upstream.sockets) socket.write('HTTP/1.1 204 No Content\r\n\r\n')
    expect((await client.answer()).status).toBe(204)
  })

  it('start after 100 Continue, which the upstream is not asked for', async () => {
    client.send('POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n')
    expect(await client.readHead()).toBe('HTTP/1.1 100 Continue\r\n')
    client.send('ok')
    expect((await client.answer()).status).toBe(200)
    expect(upstream.heads[0]).not.toMatch(/expect/i)
  })

  it('do not pile up in the edge while the upstream does not read', async () => {
    const total = 40 * 1024 * 1024
    await restart({ limits: { bodySizeBytes: total } })
    upstream.onRequest = ({ socket }) => void socket.pause()
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${total}\r\n\r\n`)
    await waitFor(() => upstream.heads.length > 0, 'the head')
    client.socket.write(Buffer.alloc(total))
    const rss = process.memoryUsage().arrayBuffers
    // All that the kernel takes is taken; the rest stays with the client.
    let before = -1
    await waitFor(() => {
      const now = client.socket.bytesWritten - client.socket.writableLength
      const still = now === before
      before = now
      return still
    }, 'a stand-still')
    expect(process.memoryUsage().arrayBuffers - rss).toBeLessThan(16 * 1024 * 1024)
    expect(client.socket.writableLength).toBeGreaterThan(0)
    let received = 0
    upstream.onBytes = (chunk, socket) => {
      received += chunk.length
      if (received === total) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    }
    for (const socket of upstream.sockets) socket.resume()
    expect((await client.answer()).status).toBe(200)
    expect(edge.accesses[0]?.requestBytes).toBe(total)
  })

  it('over the limit are refused on the way, and the upstream connection is dropped', async () => {
    await restart({ limits: { bodySizeBytes: 10 } })
    upstream.onRequest = () => {}
    client.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n')
    await waitFor(() => upstream.heads.length === 1, 'the head')
    client.send('6\r\nworld!\r\n')
    expect((await client.answer()).status).toBe(413)
    await waitFor(() => upstream.sockets.size === 0, 'the drop')
    expect(edge.blocks.map(({ rule }) => rule)).toEqual(['EDGE_BODY_TOO_LARGE'])
  })
})

describe('answers', () => {
  it('lose hop-by-hop headers and get the request id', async () => {
    answerWith(
      'HTTP/1.1 201 Created\r\nConnection: X-Hop\r\nX-Hop: 1\r\nServer: x\r\nX-Sevenfold-Trace: y\r\nContent-Length: 2\r\n\r\nok',
    )
    const answer = await client.get('/')
    expect(answer.head).toBe(
      'HTTP/1.1 201 Created\r\nServer: x\r\nX-Request-Id: id-1\r\nContent-Length: 2\r\n',
    )
    expect(answer.body).toBe('ok')
  })

  it('pass by chunks, framed anew, without extensions and trailers', async () => {
    answerWith(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-T: 1\r\n\r\n',
    )
    const answer = await client.get('/')
    expect(answer.header('Transfer-Encoding')).toBe('chunked')
    expect(answer.body).toBe('abcde')
    expect((await client.get('/')).body).toBe('abcde')
    expect(upstream.connections).toBe(1)
  })

  it('come without chunks to an HTTP/1.0 client', async () => {
    answerWith('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n')
    client.send('GET / HTTP/1.0\r\nHost: a\r\n\r\n')
    const answer = await client.answer()
    expect(answer.header('Transfer-Encoding')).toBeUndefined()
    expect(answer.body).toBe('abc')
  })

  it('that end with their connection are passed on in chunks', async () => {
    upstream.onRequest = ({ socket }) => socket.end('HTTP/1.0 200 OK\r\n\r\nuntil the end')
    expect((await client.get('/')).body).toBe('until the end')
    expect((await client.get('/')).body).toBe('until the end')
    expect(upstream.connections).toBe(2)
  })

  it('to HEAD keep their length and have no body', async () => {
    answerWith('HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n')
    client.send('HEAD / HTTP/1.1\r\nHost: a\r\n\r\n')
    const answer = await client.answer('HEAD')
    expect(answer.header('Content-Length')).toBe('1234')
    answerWith('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    expect((await client.get('/')).body).toBe('ok')
  })

  for (const status of ['204 No Content', '304 Not Modified']) {
    it(`${status} have no body and keep both connections`, async () => {
      answerWith(`HTTP/1.1 ${status}\r\nETag: "x"\r\n\r\n`)
      expect((await client.get('/')).status).toBe(Number(status.slice(0, 3)))
      expect((await client.get('/')).status).toBe(Number(status.slice(0, 3)))
      expect(upstream.connections).toBe(1)
    })
  }

  it('come after interim answers, which are dropped', async () => {
    answerWith(
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    )
    expect((await client.get('/')).body).toBe('ok')
  })

  it('have the same bytes whether they come whole or byte by byte', async () => {
    const text =
      'HTTP/1.1 200 OK\r\nX: y\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nab\r\n\r\n1\r\nc\r\n0\r\n\r\n'
    upstream.onRequest = ({ socket }) => {
      socket.setNoDelay(true)
      let at = 0
      const next = (): void => {
        if (at < text.length) socket.write(text.charAt(at++), () => setImmediate(next))
      }
      next()
    }
    const answer = await client.get('/')
    expect(answer.body).toBe('ab\r\nc')
    expect(answer.header('X')).toBe('y')
  })

  it('of many megabytes arrive whole', async () => {
    const body = Buffer.alloc(8 * 1024 * 1024, 'abcdefghij')
    upstream.onRequest = ({ socket }) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`)
      socket.write(body)
    }
    const answer = await client.get('/')
    expect(Buffer.from(answer.body, 'latin1').equals(body)).toBe(true)
    expect(edge.accesses[0]?.responseBytes).toBe(body.length)
  })

  it('do not pile up in the edge while the client does not read', async () => {
    const body = Buffer.alloc(64 * 1024 * 1024, 'x')
    let socketOf: { writableLength: number } | null = null
    upstream.onRequest = ({ socket }) => {
      socketOf = socket
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`)
      socket.write(body)
    }
    client.socket.pause()
    const before = process.memoryUsage().arrayBuffers
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await waitFor(() => socketOf !== null, 'the request')
    await waitFor(() => edge.engine.connections === 1, 'the connection')
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024)
    client.socket.resume()
    expect((await client.answer()).body.length).toBe(body.length)
  })
})

describe('connections', () => {
  it('are kept on both sides', async () => {
    for (let i = 0; i < 20; i += 1) expect((await client.get(`/${i}`)).body).toBe('ok')
    expect(upstream.connections).toBe(1)
    expect(edge.engine.connections).toBe(1)
  })

  it('serve pipelined requests one after the other, in order', async () => {
    upstream.onRequest = ({ head, socket }) => {
      const path = head.split(' ')[1] ?? ''
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${path.length}\r\n\r\n${path}`)
    }
    const requests = Array.from({ length: 10 }, (_, i) => `GET /${i} HTTP/1.1\r\nHost: a\r\n\r\n`)
    client.send(requests.join(''))
    for (let i = 0; i < 10; i += 1) expect((await client.answer()).body).toBe(`/${i}`)
    expect(upstream.connections).toBe(1)
  })

  it('end when the client says close', async () => {
    const answer = await client.get('/', 'Connection: close\r\n')
    expect(answer.header('Connection')).toBe('close')
    expect(await client.closed()).toBe('')
  })

  it('to the upstream end with the client that left', async () => {
    upstream.onRequest = () => {}
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await waitFor(() => upstream.heads.length === 1, 'the request')
    client.close()
    await waitFor(() => upstream.sockets.size === 0, 'the end of the upstream connection')
    expect(edge.accesses[0]?.status).toBe(0)
  })

  it('that the upstream closed while idle cost no request', async () => {
    upstream.onRequest = ({ socket, connection }) => {
      // The second request on the first connection meets a closed door.
      if (connection === 1 && upstream.heads.length === 2) socket.destroy()
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    }
    expect((await client.get('/1')).status).toBe(200)
    expect((await client.get('/2')).status).toBe(200)
    expect(upstream.connections).toBe(2)
  })

  it('to the upstream end before the idle time that it announced', async () => {
    upstream.onRequest = ({ socket }) =>
      void socket.write('HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 2\r\n\r\nok')
    expect((await client.get('/')).status).toBe(200)
    await waitFor(() => upstream.sockets.size === 0, 'the end of the idle connection', 3000)
  })

  it('are not used twice for a POST that may have been carried out', async () => {
    upstream.onRequest = ({ socket }) => {
      if (upstream.heads.length === 2) socket.destroy()
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    }
    expect((await client.get('/1')).status).toBe(200)
    client.send('POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n')
    expect((await client.answer()).status).toBe(502)
    expect(upstream.heads.length).toBe(2)
  })

  it('to the upstream are bounded; requests wait in order', async () => {
    await restart({ limits: { upstreamConnections: 2 } })
    const waiting: { write(text: string): unknown }[] = []
    upstream.onRequest = ({ socket }) => void waiting.push(socket)
    const clients = await Promise.all([1, 2, 3, 4].map(() => RawClient.connect(edge.port)))
    for (const one of clients) one.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await waitFor(() => waiting.length === 2, 'two requests')
    const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
    for (let served = 0; served < 4; served += 1) {
      await waitFor(() => waiting.length > 0, 'the next request')
      waiting.shift()?.write(answer)
    }
    for (const one of clients) expect((await one.answer()).status).toBe(200)
    expect(upstream.connections).toBe(2)
    for (const one of clients) one.close()
  })

  it('to the upstream that are all taken give 503 in time, and the connection ends', async () => {
    await restart({ limits: { upstreamConnections: 1, upstreamConnectTimeoutMs: 200 } })
    upstream.onRequest = () => {}
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await waitFor(() => upstream.heads.length === 1, 'the first request')
    const other = await RawClient.connect(edge.port)
    const answer = await other.get('/')
    expect(answer.status).toBe(503)
    expect(answer.header('Connection')).toBe('close')
    expect(edge.accesses[0]?.failure).toBe('EDGE_UPSTREAM_BUSY')
    await other.closed()
    for (const socket of upstream.sockets) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    expect((await client.answer()).body).toBe('ok')
  })

  it('finish their request when the engine closes, and take no further one', async () => {
    upstream.onRequest = () => {}
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await waitFor(() => upstream.heads.length === 1, 'the request')
    const closing = edge.engine.close(5000)
    for (const socket of upstream.sockets) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    const answer = await client.answer()
    expect(answer.body).toBe('ok')
    expect(answer.header('Connection')).toBe('close')
    await client.closed()
    client.close()
    await closing
  })
})

describe('WebSocket', () => {
  const request =
    'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\nSec-WebSocket-Version: 13\r\n\r\n'

  it('is passed through, bytes both ways, until one side ends', async () => {
    upstream.onRequest = ({ socket }) =>
      void socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\nhi',
      )
    upstream.onBytes = (chunk, socket) => void socket.write(`echo ${chunk.toString()}`)
    client.send(request)
    const head = await client.readHead()
    expect(head).toContain('HTTP/1.1 101 ')
    expect(head).toContain('Upgrade: websocket\r\n')
    expect(head).toContain('Sec-WebSocket-Accept: x\r\n')
    expect(upstream.heads[0]).toContain('Connection: Upgrade\r\nUpgrade: websocket\r\n')
    expect(await client.read(2)).toBe('hi')
    client.send('one')
    expect(await client.read(8)).toBe('echo one')
    for (const socket of upstream.sockets) socket.end('bye')
    expect(await client.read(3)).toBe('bye')
    await client.closed()
  })

  it('that the upstream refuses is an ordinary answer', async () => {
    answerWith('HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno')
    client.send(request)
    expect((await client.answer()).status).toBe(404)
  })

  it('that nobody asked for is a broken upstream', async () => {
    answerWith('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    expect((await client.get('/')).status).toBe(502)
  })
})

describe('a failing upstream', () => {
  const garbage: Readonly<Record<string, string>> = {
    'no HTTP': 'SSH-2.0-OpenSSH\r\n\r\n',
    'a bare LF': 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok',
    'two lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok',
    'both framings': 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'a head over the limit': `HTTP/1.1 200 OK\r\nX: ${'y'.repeat(40_000)}\r\n\r\n`,
  }
  for (const [name, text] of Object.entries(garbage)) {
    it(`that sends ${name} gives 502`, async () => {
      answerWith(text)
      expect((await client.get('/')).status).toBe(502)
      expect(edge.accesses[0]?.failure).toBe('EDGE_UPSTREAM_MALFORMED')
      expect(edge.accesses[0]?.trace).toEqual(['limits:pass', 'ban:pass', 'waf:off', 'upstream:failed'])
    })
  }

  it('that nobody runs gives 502', async () => {
    await upstream.close()
    expect((await client.get('/')).status).toBe(502)
    expect(edge.accesses[0]?.failure).toBe('EDGE_UPSTREAM_CONNECT')
  })

  it('that hangs up without an answer gives 502', async () => {
    upstream.onRequest = ({ socket }) => void socket.end()
    expect((await client.get('/')).status).toBe(502)
    expect(edge.accesses[0]?.failure).toBe('EDGE_UPSTREAM_CLOSED')
  })

  it('that stalls gives 504', async () => {
    await restart({ limits: { upstreamResponseTimeoutMs: 200 } })
    upstream.onRequest = () => {}
    expect((await client.get('/')).status).toBe(504)
    expect(edge.accesses[0]?.failure).toBe('EDGE_UPSTREAM_TIMEOUT')
  })

  it('that stops in the middle of a body breaks the connection, because the head is out', async () => {
    upstream.onRequest = ({ socket }) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf')
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await client.readHead()
    await expect(client.read(10)).rejects.toThrow('connection ended')
    expect(edge.accesses[0]?.failure).toBe('EDGE_UPSTREAM_CLOSED')
  })

  it('that sends more than it declared is cut off, and the surplus reaches nobody', async () => {
    answerWith(
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison',
    )
    expect((await client.get('/1')).body).toBe('ok')
    answerWith('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno')
    expect((await client.get('/2')).body).toBe('no')
    expect(upstream.connections).toBe(2)
  })

  it('that speaks before it is asked is cut off', async () => {
    expect((await client.get('/1')).body).toBe('ok')
    for (const socket of upstream.sockets) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison')
    await waitFor(() => upstream.sockets.size === 0, 'the cut')
    expect((await client.get('/2')).body).toBe('ok')
  })

  it('that is a listener of ours is refused', async () => {
    const own = upstream.port
    await restart({ isOwnListener: (_address, port) => port === own })
    expect((await client.get('/')).status).toBe(502)
    expect(edge.accesses[0]?.failure).toBe('EDGE_UPSTREAM_LOOP')
    expect(upstream.heads).toEqual([])
  })
})
