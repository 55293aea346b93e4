import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RawClient } from './support/raw-client.ts'
import { RawUpstream } from './support/raw-upstream.ts'
import { TestEdge } from './support/test-edge.ts'
import { waitFor } from './support/wait-for.ts'
import { bulkReading } from '../src/upstream/reading-pace.ts'
import { defaultUpstreamLimits, maxBehindLarge } from '../src/upstream/upstream-limits.ts'
import { UpstreamPool } from '../src/upstream/upstream-pool.ts'

// Times are scaled down; the rates and the order of things are those of the defaults.
const limits = {
  headerTimeoutMs: 600,
  bodyTimeoutMs: 600,
  bodyMinimumRateBytes: 1000,
  responseTimeoutMs: 600,
  keepAliveTimeoutMs: 600,
  connectionsPerAddress: 20,
}
const soonMs = 4000

let upstream: RawUpstream
let edge: TestEdge
const clients: RawClient[] = []
const drips: NodeJS.Timeout[] = []

beforeEach(async () => {
  upstream = await RawUpstream.start()
  edge = await TestEdge.start({ sites: [{ upstreamPort: upstream.port }], limits })
})

afterEach(async () => {
  for (const drip of drips.splice(0)) clearInterval(drip)
  for (const client of clients.splice(0)) client.close()
  await edge.close()
  await upstream.close()
})

async function connect(localAddress?: string): Promise<RawClient> {
  const client = await RawClient.connect(edge.port, localAddress)
  clients.push(client)
  return client
}

/** Sends a little again and again, so that no pause is ever long. */
function drip(client: RawClient, text: string): void {
  drips.push(
    setInterval(() => {
      if (!client.socket.destroyed) client.send(text)
    }, 100),
  )
}

const gone = (): Promise<void> =>
  waitFor(() => edge.engine.connections === 0, 'the end of all connections', soonMs)

describe('slow clients', () => {
  it('that say nothing are closed', async () => {
    await Promise.all(Array.from({ length: 10 }, () => connect()))
    await gone()
    expect(edge.blocks).toEqual([])
  })

  it('that send one header after the other get 408', async () => {
    const slow = await Promise.all(Array.from({ length: 10 }, () => connect()))
    for (const client of slow) {
      client.send('GET / HTTP/1.1\r\nHost: a\r\n')
      drip(client, 'X-A: b\r\n')
    }
    await gone()
    expect(edge.blocks.map(({ rule }) => rule)).toEqual(
      Array.from({ length: 10 }, () => 'EDGE_HEADER_TIMEOUT'),
    )
    expect(await slow[0]?.closed()).toContain('HTTP/1.1 408 ')
  })

  it('that send a body byte by byte get 408, and the upstream connection ends', async () => {
    upstream.onRequest = () => {}
    const client = await connect()
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n')
    drip(client, 'x')
    await gone()
    expect(edge.blocks.map(({ rule }) => rule)).toEqual(['EDGE_BODY_TIMEOUT'])
    await waitFor(() => upstream.sockets.size === 0, 'the end of the upstream connection')
  })

  it('that send chunks of one byte get 408', async () => {
    upstream.onRequest = () => {}
    const client = await connect()
    client.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n')
    drip(client, '1\r\nx\r\n')
    await gone()
    expect(edge.blocks.map(({ rule }) => rule)).toEqual(['EDGE_BODY_TIMEOUT'])
  })

  it('that stop in the middle of a body get 408', async () => {
    upstream.onRequest = () => {}
    const client = await connect()
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf')
    await gone()
    expect(await client.closed()).toContain('HTTP/1.1 408 ')
  })

  it('that do not read their answer are closed', async () => {
    upstream.onRequest = ({ socket }) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n`)
      socket.write(Buffer.alloc(50_000_000))
    }
    const client = await connect()
    client.socket.pause()
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await waitFor(() => upstream.heads.length === 1, 'the request')
    await gone()
    await waitFor(() => upstream.sockets.size === 0, 'the end of the upstream connection')
  })

  it('that do not read their answer do not lock others out of the service', async () => {
    await edge.close()
    edge = await TestEdge.start({
      sites: [{ upstreamPort: upstream.port }],
      limits: {
        ...limits,
        responseTimeoutMs: 60_000,
        upstreamConnections: 2,
        upstreamConnectTimeoutMs: 5000,
      },
    })
    upstream.onRequest = ({ head, socket }) => {
      const length = head.startsWith('GET /large') ? 50_000_000 : 2
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`)
      socket.write(Buffer.alloc(length))
    }
    for (const count of [1, 2]) {
      const reader = await connect()
      reader.socket.pause()
      reader.send('GET /large HTTP/1.1\r\nHost: a\r\n\r\n')
      await waitFor(() => upstream.heads.length === count, 'the request')
    }
    const good = await connect()
    expect((await good.get('/')).status).toBe(200)
    expect(edge.accesses.map(({ failure }) => failure)).toContain('EDGE_CLIENT_STALLED')
  })

  it('that do not read large answers leave connections for requests of small ones', async () => {
    await edge.close()
    // Its clock stands: nobody is ever given up, so whoever is served needed nobody's place.
    const pool = new UpstreamPool({
      host: '127.0.0.1',
      port: upstream.port,
      limits: { ...defaultUpstreamLimits, upstreamConnections: 4 },
      monotonicMs: () => 0,
    })
    edge = await TestEdge.start({
      sites: [{ upstreamPort: upstream.port, pool }],
      limits: { ...limits, responseTimeoutMs: 60_000 },
    })
    upstream.onRequest = ({ head, socket }) => {
      const length = head.startsWith('GET /large') ? 50_000_000 : 2
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`)
      socket.write(Buffer.alloc(length))
    }
    const good = await connect()
    expect((await good.get('/small')).status).toBe(200)
    for (let i = 0; i < 6; i += 1) {
      const reader = await connect()
      reader.socket.pause()
      reader.send('GET /large HTTP/1.1\r\nHost: a\r\n\r\n')
    }
    await waitFor(() => pool.running === 6, 'six requests')
    await waitFor(() => upstream.heads.length === 4, 'the requests that get a connection')
    for (let i = 0; i < 20; i += 1) expect((await good.get(`/small?${i}`)).status).toBe(200)
    expect(upstream.heads.filter((head) => head.startsWith('GET /large'))).toHaveLength(3)
  })

  it('that do not read large answers have half a line behind them; small ones are served all the same', async () => {
    await edge.close()
    const pool = new UpstreamPool({
      host: '127.0.0.1',
      port: upstream.port,
      limits: { ...defaultUpstreamLimits, upstreamConnections: 4 },
      monotonicMs: () => 0,
    })
    edge = await TestEdge.start({
      sites: [{ upstreamPort: upstream.port, pool }],
      limits: {
        ...limits,
        responseTimeoutMs: 60_000,
        keepAliveTimeoutMs: 60_000,
        connectionsPerAddress: 2 * maxBehindLarge,
      },
    })
    upstream.onRequest = ({ head, socket }) => {
      const length = head.startsWith('GET /large') ? 50_000_000 : 2
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`)
      socket.write(Buffer.alloc(length))
    }
    const good = await connect()
    expect((await good.get('/small')).status).toBe(200)
    const readers = 3
    const read = async (): Promise<void> => {
      const reader = await connect()
      reader.socket.pause()
      reader.send('GET /large HTTP/1.1\r\nHost: a\r\n\r\n')
    }
    const most = readers + maxBehindLarge
    await Promise.all(Array.from({ length: most - 1 }, read))
    await waitFor(() => pool.running === most - 1, 'all but one', 20_000)
    expect(pool.isJammed('/large')).toBe(false)
    await read()
    await waitFor(() => pool.isJammed('/large'), 'answers that are known to be large')
    const late = await connect()
    expect((await late.get('/large')).status).toBe(503)
    expect(edge.accesses.map(({ failure }) => failure)).toContain('EDGE_UPSTREAM_BUSY')
    expect(pool.running).toBe(most)
    expect(pool.isJammed('/small')).toBe(false)
    expect((await good.get('/small')).status).toBe(200)
  })

  it('that make others wait change nothing of large answers, which arrive whole', async () => {
    const sent = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => i % 251))
    upstream.onRequest = ({ socket }) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${sent.length}\r\n\r\n`)
      socket.write(sent)
    }
    bulkReading.crowded()
    const answers = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const answer = await fetch(`http://127.0.0.1:${edge.port}/`, { headers: { connection: 'close' } })
        return Buffer.from(await answer.arrayBuffer())
      }),
    )
    for (const answer of answers) expect(answer.equals(sent)).toBe(true)
  })

  it('that never ask again are closed', async () => {
    const client = await connect()
    expect((await client.get('/')).status).toBe(200)
    await gone()
  })

  it('are not those whose upstream is slow', async () => {
    upstream.onRequest = ({ socket }) => {
      drips.push(
        setInterval(() => {
          if (edge.accesses.length === 0) socket.write('x')
        }, 400),
      )
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n')
    }
    const client = await connect()
    // 2 s for 5 bytes: far under every rate that a client must keep.
    expect((await client.get('/')).body).toBe('xxxxx')
  })

  it('do not disturb a good client, also from their own address', async () => {
    for (let i = 0; i < 10; i += 1) {
      const slow = await connect()
      slow.send('GET / HTTP/1.1\r\n')
      drip(slow, 'X: y\r\n')
    }
    const good = await connect()
    for (let i = 0; i < 50; i += 1) expect((await good.get('/')).status).toBe(200)
  })
})

describe('connections of one address', () => {
  it('are bounded; another address goes on', async () => {
    const full = await Promise.all(Array.from({ length: 20 }, () => connect('127.0.0.2')))
    await waitFor(() => edge.engine.connections === 20, 'twenty connections')
    const over = await connect('127.0.0.2')
    expect(await over.closed()).toBe('')
    expect(edge.blocks.map(({ rule, client }) => [rule, client])).toEqual([
      ['EDGE_TOO_MANY_CONNECTIONS', '127.0.0.2'],
    ])
    const other = await connect('127.0.0.3')
    expect((await other.get('/')).status).toBe(200)
    full[0]?.close()
    await waitFor(() => edge.engine.connections === 20, 'room')
    const again = await connect('127.0.0.2')
    expect((await again.get('/')).status).toBe(200)
  })

  it('are not bounded for a declared proxy', async () => {
    await edge.close()
    edge = await TestEdge.start({
      sites: [{ upstreamPort: upstream.port, proxies: ['127.0.0.9'] }],
      limits: { connectionsPerAddress: 2 },
    })
    const many = await Promise.all(Array.from({ length: 5 }, () => connect('127.0.0.9')))
    for (const client of many) expect((await client.get('/')).status).toBe(200)
  })
})
