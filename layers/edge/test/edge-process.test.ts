import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeEvent } from '@sevenfold/event'
import { askControl } from '@sevenfold/layer'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { EdgeFolder, EdgeProcess, edgeConfig, edgeMain, siteConfig } from './support/edge-process.ts'
import { FakeDetection } from './support/fake-detection.ts'
import { askOnce, getRequest } from './support/raw-client.ts'
import { RawUpstream } from './support/raw-upstream.ts'
import { waitFor } from './support/wait-for.ts'

const built = existsSync(edgeMain)
const attack = "/?id=1'%20OR%20'1'='1"

let folder: EdgeFolder
let upstream: RawUpstream
let edge: EdgeProcess | undefined
let detection: FakeDetection | undefined

beforeEach(async () => {
  folder = new EdgeFolder()
  upstream = await RawUpstream.start()
})

afterEach(async () => {
  await edge?.stop()
  await detection?.close()
  await upstream.close()
  folder.remove()
  edge = undefined
  detection = undefined
})

async function start(change: Record<string, unknown> = {}): Promise<EdgeProcess> {
  folder.configure(edgeConfig([siteConfig('shop', upstream.port)], change))
  edge = await EdgeProcess.start(folder)
  return edge
}

/** Status of one request on a connection of its own; connections go to the workers in turn. */
async function statusOf(port: number, target = '/', localAddress = '127.0.0.1'): Promise<number> {
  return (await askOnce(port, getRequest(target, 'Connection: close\r\n'), localAddress)).status
}

/** Statuses of `count` requests one after the other. */
async function statuses(port: number, count: number, localAddress: string): Promise<number[]> {
  const list: number[] = []
  for (let i = 0; i < count; i += 1) list.push(await statusOf(port, '/', localAddress))
  return list
}

async function waitForStatus(port: number, status: number, localAddress: string): Promise<void> {
  const deadline = performance.now() + 10_000
  for (;;) {
    const seen = await statuses(port, 4, localAddress)
    if (seen.every((one) => one === status)) return
    if (performance.now() > deadline) throw new Error(`still ${seen.join(', ')} instead of ${status}`)
  }
}

describe.skipIf(!built)('the edge as processes (needs a build)', () => {
  it('ends a worker that hangs and starts another; its sibling serves meanwhile, and an event tells', async () => {
    const { limits } = edgeConfig([]) as { limits: Record<string, unknown> }
    const running = await start({ limits: { ...limits, workerSilenceMs: 4000 } })
    const [hanging = 0] = running.workers()
    process.kill(hanging, 'SIGSTOP')
    // Connections that the hanging one may have taken before wait with it; new ones must not.
    expect(await statuses(running.port, 10, '127.0.0.1')).toEqual(Array.from({ length: 10 }, () => 200))
    await waitFor(() => !running.workers().includes(hanging), 'the end of the worker', 60_000)
    expect(await statusOf(running.port)).toBe(200)
    await waitFor(() => running.workers().length === 2, 'another worker', 60_000)
    const replaced = (): string => JSON.stringify(folder.events())
    await waitFor(() => replaced().includes('no sign of life for'), 'the event', 60_000)
    expect(running.output()).toContain('worker-hangs')
  }, 180_000)

  it('serves, blocks, writes events that decode, and stops within 3 s', async () => {
    const { port } = await start()
    expect(await statusOf(port)).toBe(200)
    expect(await statusOf(port, attack, '127.0.0.5')).toBe(403)
    const took = await edge?.stop()
    expect(took).toBeLessThan(3000)
    const events = folder.events()
    for (const event of events) expect(decodeEvent(JSON.stringify(event)).ok).toBe(true)
    const kinds = events.map((event) => (event['sevenfold'] as { kind: string }).kind)
    expect(kinds.filter((kind) => kind === 'access').length).toBeGreaterThanOrEqual(2)
    const block = events.find((event) => (event['sevenfold'] as { kind: string }).kind === 'block')
    expect(block).toMatchObject({
      source: { ip: '127.0.0.5' },
      sevenfold: { site: 'shop', judgement: { step: 'waf', verdict: 'block' } },
      rule: { name: 'SQL injection' },
    })
  })

  it('applies a decision in all workers, lifts it, and takes another one', async () => {
    detection = await FakeDetection.start(folder.path)
    const { port } = await start({ workers: 4 })
    await waitFor(() => detection?.listeners.size === 1, 'the stream')
    expect(await statuses(port, 8, '127.0.0.6')).toEqual(Array.from({ length: 8 }, () => 200))
    const decision = detection.ban('127.0.0.6')
    await waitForStatus(port, 403, '127.0.0.6')
    expect(await statusOf(port, '/', '127.0.0.7')).toBe(200)
    detection.lift(decision)
    await waitForStatus(port, 200, '127.0.0.6')
    detection.ban('127.0.6.0/24')
    await waitForStatus(port, 403, '127.0.6.77')
  })

  it('takes a snapshot again after a gap in the versions', async () => {
    detection = await FakeDetection.start(folder.path)
    const { port } = await start()
    await waitFor(() => detection?.listeners.size === 1, 'the stream')
    detection.skipVersion()
    detection.ban('127.0.0.6')
    await waitForStatus(port, 403, '127.0.0.6')
  })

  it('keeps decisions when detection is gone, and across a restart of its own', async () => {
    detection = await FakeDetection.start(folder.path)
    const first = await start()
    await waitFor(() => detection?.listeners.size === 1, 'the stream')
    detection.ban('127.0.0.6')
    detection.ban('127.0.0.8', { until: new Date(Date.now() + 300).toISOString() })
    await waitForStatus(first.port, 403, '127.0.0.6')
    await detection.close()
    detection = undefined
    expect(await statuses(first.port, 4, '127.0.0.6')).toEqual([403, 403, 403, 403])
    await first.stop()
    edge = await EdgeProcess.start(folder)
    expect(await statuses(edge.port, 4, '127.0.0.6')).toEqual([403, 403, 403, 403])
    expect(await statuses(edge.port, 4, '127.0.0.8')).toEqual([200, 200, 200, 200])
  })

  it('replaces a worker that was killed; decisions hold in the new one', async () => {
    detection = await FakeDetection.start(folder.path)
    const running = await start()
    await waitFor(() => detection?.listeners.size === 1, 'the stream')
    detection.ban('127.0.0.6')
    await waitForStatus(running.port, 403, '127.0.0.6')
    const before = running.workers()
    expect(before.length).toBe(2)
    const [victim = 0] = before
    process.kill(victim, 'SIGKILL')
    // The other worker goes on while the new one starts.
    await waitFor(() => !running.workers().includes(victim), 'the end of the worker')
    expect(await statusOf(running.port)).toBe(200)
    await waitFor(() => running.workers().length === 2, 'the new worker')
    await waitFor(() => running.output().includes('worker-died'), 'the report')
    await waitForStatus(running.port, 403, '127.0.0.6')
    expect(await statuses(running.port, 6, '127.0.0.1')).toEqual([200, 200, 200, 200, 200, 200])
  })

  it('serves several sites, each on a port of its own and by host', async () => {
    const other = await RawUpstream.start()
    other.onRequest = ({ socket }) => void socket.write('HTTP/1.1 204 No Content\r\n\r\n')
    folder.configure(
      edgeConfig([
        siteConfig('shop', upstream.port),
        siteConfig('api', other.port, { steps: { waf: 'off' } }),
      ]),
    )
    edge = await EdgeProcess.start(folder)
    expect(await statusOf(edge.portOf(0))).toBe(200)
    expect(await statusOf(edge.portOf(1))).toBe(204)
    expect(await statusOf(edge.portOf(0), attack)).toBe(403)
    expect(await statusOf(edge.portOf(1), attack)).toBe(204)
    await other.close()
  })

  it('changes modes in all workers through the control socket', async () => {
    const { port } = await start()
    expect(await statusOf(port, attack)).toBe(403)
    const path = join(folder.path, 'edge', 'control.sock')
    const answer = await askControl(path, {
      id: '1',
      op: 'mode',
      mode: 'monitor',
      actor: 'test',
      reason: 'test',
    })
    expect(answer.ok).toBe(true)
    await waitFor(() => existsSync(join(folder.path, 'edge', 'modes.json')), 'the change')
    let open = false
    const deadline = performance.now() + 5000
    while (!open && performance.now() < deadline) {
      const seen = [await statusOf(port, attack), await statusOf(port, attack), await statusOf(port, attack)]
      open = seen.every((status) => status === 200)
    }
    expect(open).toBe(true)
  })

  it('passes its self-test in every worker', async () => {
    await start()
    const path = join(folder.path, 'edge', 'control.sock')
    const answer = await askControl(path, { id: '1', op: 'selftest', actor: 'test' })
    expect(answer.ok).toBe(true)
  })

  it('reloads with no failed request, and keeps the old configuration when the new one cannot serve', async () => {
    const spare = await RawUpstream.start()
    const listen = { host: '127.0.0.1', port: spare.port }
    await spare.close()
    folder.configure(edgeConfig([siteConfig('shop', upstream.port, { listen })]))
    const running = await EdgeProcess.start(folder)
    edge = running
    const path = join(folder.path, 'edge', 'control.sock')
    const load = new AbortController()
    const failed: string[] = []
    let served = 0
    const loaded = (async () => {
      while (!load.signal.aborted) {
        try {
          if ((await statusOf(running.port)) === 200) served += 1
          else failed.push('status')
        } catch (error) {
          failed.push(String(error))
        }
      }
    })()
    const site = siteConfig('shop', upstream.port, { listen, steps: { waf: 'off' } })
    folder.configure(edgeConfig([site]))
    expect(await askControl(path, { id: '1', op: 'reload', actor: 'test' }, 60_000)).toMatchObject({
      ok: true,
    })
    expect(running.workers().length).toBe(2)
    expect(await statusOf(running.port, attack)).toBe(200)
    folder.configure(
      edgeConfig([siteConfig('shop', upstream.port, { listen })], { rules: ['/does/not/exist'] }),
    )
    expect(await askControl(path, { id: '2', op: 'reload', actor: 'test' }, 60_000)).toMatchObject({
      ok: false,
    })
    expect(await statusOf(running.port, attack)).toBe(200)
    load.abort()
    await loaded
    expect(failed).toEqual([])
    expect(served).toBeGreaterThan(10)
  })

  it('refuses to start with rules that cannot be used, and says where the fault is', async () => {
    await expect(start({ rules: ['/does/not/exist'] })).rejects.toThrow(
      /EDGE_WORKER_START|rules cannot be used/,
    )
  })

  it('says which port is taken', async () => {
    const site = siteConfig('shop', upstream.port, { listen: { host: '127.0.0.1', port: upstream.port } })
    folder.configure(edgeConfig([site]))
    await expect(EdgeProcess.start(folder)).rejects.toThrow(
      `cannot listen on 127.0.0.1 port ${upstream.port}: another program uses this port`,
    )
  })

  it('starts with an empty copy when the copy of the decisions is damaged', async () => {
    folder.configure(edgeConfig([siteConfig('shop', upstream.port)]))
    const { writeFileSync } = await import('node:fs')
    writeFileSync(join(folder.path, 'edge', 'decisions.json'), '{"version":1,"add":[{"id":"x"')
    edge = await EdgeProcess.start(folder)
    expect(await statusOf(edge.port)).toBe(200)
    expect(edge.output()).toContain('decisions-unreadable')
  })

  it('makes a canary key that only its owner reads', async () => {
    await start()
    const text = readFileSync(join(folder.path, 'edge', 'keys', 'canary.key'), 'utf8')
    expect(text).toMatch(/^[0-9a-f]{64}\n$/)
  })
})
