import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { checkCanary } from '@sevenfold/event'
import { afterEach, describe, expect, it } from 'vitest'
import { canaryAttacks, startCanaries } from './canary-sender.ts'
import type { CanaryOptions } from './canary-sender.ts'
import { canaryTargets } from './canary-targets.ts'

const key = new Uint8Array(32).fill(9)
const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

interface Seen {
  readonly requests: IncomingMessage[]
  readonly port: number
  /** Runs the timer that waits; gives how long it would have waited. */
  tick(): number
  readonly failures: unknown[]
}

async function bench(options: Partial<CanaryOptions> = {}): Promise<Seen> {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    response.writeHead(403).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  let waiting: { ms: number; run: () => void } | undefined
  let monotonic = 0
  const failures: unknown[] = []
  const end = startCanaries({
    key: () => key,
    targets: () => [{ host: '127.0.0.1', port, name: 'shop.example' }],
    clock: {
      now: () => 1_000_000_000,
      monotonicMs: () => monotonic,
      after: (ms, run) => {
        waiting = { ms, run }
        return { cancel: () => (waiting = undefined) }
      },
    },
    random: () => 0.5,
    onFailure: (error) => failures.push(error),
    ...options,
  })
  closing.push(end, () => void server.close())
  const tick = (): number => {
    const { ms, run } = waiting ?? { ms: Number.NaN, run: () => undefined }
    monotonic += ms
    run()
    return ms
  }
  return { requests, port, tick, failures }
}

describe('canaries', () => {
  it('are attacks with a mark that belongs to this very request', async () => {
    const { requests, tick } = await bench()
    tick()
    await expect.poll(() => requests.length).toBe(1)
    const [request] = requests
    expect(request?.headers.host).toBe('shop.example')
    const mark = String(request?.headers['x-sevenfold-canary'])
    const attack = checkCanary(key, mark, { seconds: 1_000_000, method: 'GET', target: request?.url ?? '' })
    expect(canaryAttacks.map(({ id }) => id)).toContain(attack)
  })

  it('come once a minute, at another moment of it each time', async () => {
    const moments = [0.1, 0.9, 0.5]
    const { tick } = await bench({ random: () => moments[0] ?? 0, targets: () => [] })
    expect(tick()).toBe(1000)
    const second = tick()
    moments.shift()
    const third = tick()
    expect(second).toBeGreaterThan(0)
    expect(second).toBeLessThanOrEqual(120_000)
    expect(third).not.toBe(second)
  })

  it('are not sent without a key or a site', async () => {
    const { requests, tick, failures } = await bench({ key: () => null })
    tick()
    expect(requests).toEqual([])
    expect(failures).toEqual([])
  })

  it('report an edge that does not answer', async () => {
    const { tick, failures } = await bench({ targets: () => [{ host: '127.0.0.1', port: 1, name: 'x' }] })
    tick()
    await expect.poll(() => failures.length).toBe(1)
  })
})

describe('canaryTargets', () => {
  it('takes the addresses in use, with a name that the site answers to', () => {
    const listening = [
      { name: 'site shop', url: 'http://127.0.0.1:7700' },
      { name: 'site blog', url: 'http://[::1]:80' },
    ]
    const parts = [{ name: 'edge', state: 'ready', restarts: 0, listening }]
    const sites = [
      { name: 'shop', hosts: ['*'] },
      { name: 'blog', hosts: ['*.blog.example', 'blog.example'] },
    ]
    expect(canaryTargets(parts, sites)).toEqual([
      { host: '127.0.0.1', port: 7700, name: '127.0.0.1:7700' },
      { host: '::1', port: 80, name: 'blog.example' },
    ])
    expect(canaryTargets([], sites)).toEqual([])
  })
})
