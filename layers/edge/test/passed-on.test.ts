import { signCanary } from '@sevenfold/event'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RawClient } from './support/raw-client.ts'
import { RawUpstream } from './support/raw-upstream.ts'
import { TestEdge } from './support/test-edge.ts'
import type { TestEdgeOptions } from './support/test-edge.ts'

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

async function start(options: Partial<TestEdgeOptions> = {}): Promise<void> {
  edge = await TestEdge.start({ sites: [{ upstreamPort: upstream.port, name: 'shop' }], ...options })
  client = await RawClient.connect(edge.port)
}

describe('requests that are passed on', () => {
  it('are counted for their site, each once', async () => {
    await start()
    for (const path of ['/', '/again']) expect((await client.get(path)).status).toBe(200)
    expect(edge.passed).toEqual(['shop', 'shop'])
  })
  it('are not those that the edge refuses', async () => {
    await start()
    edge.ban({ value: '127.0.0.1' })
    expect((await client.get('/')).status).toBe(403)
    expect(edge.passed).toEqual([])
  })
  it('are not those that no application took', async () => {
    await start()
    await upstream.close()
    expect((await client.get('/')).status).toBe(502)
    expect(edge.passed).toEqual([])
  })
  it('are not canaries, which never reach an application', async () => {
    const key = Buffer.alloc(32, 7)
    await start({ canaryKey: key })
    const mark = signCanary(key, { attack: 'a', seconds: Date.now() / 1000, method: 'GET', target: '/' })
    await client.get('/', `X-Sevenfold-Canary: ${mark}\r\n`)
    expect(edge.passed).toEqual([])
  })
})
