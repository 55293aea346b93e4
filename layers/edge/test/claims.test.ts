import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RawClient } from './support/raw-client.ts'
import { RawUpstream } from './support/raw-upstream.ts'
import { TestEdge } from './support/test-edge.ts'
import type { TestSite } from './support/test-edge.ts'
import { waitFor } from './support/wait-for.ts'

let upstream: RawUpstream
let edge: TestEdge
let client: RawClient

beforeEach(async () => {
  upstream = await RawUpstream.start()
})
afterEach(async () => {
  client.close()
  await edge.close()
  await upstream.close()
})

async function start(site: Partial<TestSite> = {}): Promise<void> {
  edge = await TestEdge.start({ sites: [{ upstreamPort: upstream.port, ...site }] })
  client = await RawClient.connect(edge.port)
}

describe('what a client claims about itself', () => {
  it('is removed, and that is an event with the status that was sent', async () => {
    await start()
    await client.get('/intranet', 'X-Forwarded-For: 10.0.0.7\r\nX-Original-URL: /admin\r\n')
    expect(upstream.heads[0]).not.toMatch(/10\.0\.0\.7|admin/)
    expect(edge.blocks).toMatchObject([
      { step: 'limits', verdict: 'pass', rule: 'EDGE_SPOOFED_ADDRESS', status: 200 },
    ])
    expect(edge.blocks[0]?.message).toContain('X-Forwarded-For, X-Original-URL')
  })

  it('is no event from a declared proxy, nor without a claim', async () => {
    await start({ proxies: ['127.0.0.1'] })
    await client.get('/', 'X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n')
    await client.get('/', 'X-Request-Id: 5\r\nX-Sevenfold-Canary: x\r\n')
    expect(edge.blocks).toEqual([])
    expect(upstream.heads[0]).toContain('X-Forwarded-For: 192.0.2.7\r\n')
    expect(upstream.heads[0]).toContain('X-Forwarded-Proto: https\r\n')
  })

  it('reaches the service where a proof switched the step off, and is no event then', async () => {
    await start({ modes: { limits: 'off' } })
    await client.get('/intranet', 'X-Forwarded-For: 10.0.0.7\r\n')
    expect(upstream.heads[0]).toContain('X-Forwarded-For: 10.0.0.7\r\nX-Forwarded-For: 127.0.0.1\r\n')
    expect(edge.blocks).toEqual([])
  })
})

describe('what monitor mode would have refused', () => {
  it('is told with the status that the client really got', async () => {
    await start({ modes: { ban: 'monitor' } })
    edge.ban({ value: '127.0.0.1' })
    upstream.onRequest = ({ socket }) =>
      void socket.write('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n')
    await client.get('/')
    await waitFor(() => edge.blocks.length === 1)
    expect(edge.blocks[0]).toMatchObject({ step: 'ban', verdict: 'would-block', status: 404 })
  })

  it('is told without a status when the client left before there was one', async () => {
    await start({ modes: { ban: 'monitor' } })
    edge.ban({ value: '127.0.0.1' })
    upstream.onRequest = () => undefined
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await waitFor(() => upstream.heads.length === 1)
    client.close()
    await waitFor(() => edge.blocks.length === 1)
    expect(edge.blocks[0]).toMatchObject({ verdict: 'would-block', status: 0 })
  })
})
