import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RequestFacts } from '@sevenfold/event'
import type { PartContext } from '@sevenfold/layer'
import { createLogSource } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { ask, createTemporaryFolder, followLive, startHouse, startWriter } from './house.ts'
import type { House, LiveFollower } from './house.ts'

let folder: TemporaryFolder
const closing: (() => Promise<void> | void)[] = []

beforeEach(() => {
  folder = createTemporaryFolder()
})
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
  folder.remove()
})

async function house(change: Readonly<Record<string, unknown>> = {}): Promise<House> {
  const started = await startHouse(folder.path, change)
  closing.push(() => started.stop())
  return started
}

async function follow(target: string): Promise<LiveFollower> {
  const live = await followLive(target)
  closing.push(() => live.close())
  return live
}

async function writer(part: 'edge' | 'runtime' = 'edge'): Promise<PartContext<object>> {
  const started = await startWriter(folder.path, part)
  closing.push(() => started.stop())
  return started
}

let requests = 0
function facts(clientAddress: string, change: Partial<RequestFacts> = {}): RequestFacts {
  requests += 1
  return {
    requestId: `request-${requests}`,
    site: 'shop',
    clientAddress,
    method: 'GET',
    path: `/missing-${requests}`,
    httpVersion: '1.1',
    status: 404,
    ...change,
  }
}

const bansOf = (live: LiveFollower): string[] =>
  live.deltas.flatMap(({ delta }) => delta.add.map((decision) => decision.value))

describe('the detection layer as it runs', () => {
  it('bans a source that the edge saw probing, and pushes the ban at once', async () => {
    const running = await house()
    const live = await follow(running.socket)
    const edge = await writer()
    for (let i = 0; i < 30; i += 1) edge.emit(edge.events.access(facts('198.18.0.7')))
    const last = performance.now()
    const delta = await live.until(({ add }) => add.length > 0)
    expect(delta.add[0]).toMatchObject({
      type: 'ban',
      scope: 'ip',
      value: '198.18.0.7',
      origin: 'sevenfold',
      scenario: 'sevenfold/http-probing',
    })
    const seen = live.deltas.find((entry) => entry.delta === delta)
    expect((seen?.atMs ?? 0) - last).toBeLessThan(10_000)
    expect(live.deltas.map((entry) => entry.delta.version)).toEqual(live.deltas.map((_, i) => i))
  })

  it('bans from the log of the application alone: edge and collector are not there', async () => {
    const source = createLogSource(join(folder.path, 'shop.log'))
    const running = await house({ sources: [{ file: source.path, format: 'json-access', site: 'shop' }] })
    const live = await follow(running.socket)
    for (let i = 0; i < 8; i += 1) {
      const line = { event: 'login', peer: '127.0.0.66', user: 'admin', outcome: 'failure', trace: '' }
      source.write(JSON.stringify({ time: new Date().toISOString(), ...line }))
    }
    const delta = await live.until(({ add }) => add.length > 0)
    expect(delta.add[0]).toMatchObject({ value: '127.0.0.66', scenario: 'sevenfold/login-failures' })
  })

  it('does not ban for what other parts claim: only the edge vouches for an address', async () => {
    const running = await house()
    const live = await follow(running.socket)
    const runtime = await writer('runtime')
    for (let i = 0; i < 50; i += 1) {
      runtime.emit(runtime.events.access({ ...facts('198.18.0.8'), requestId: `x${i}` }))
      runtime.emit(
        runtime.events.authentication({ outcome: 'failure', userName: 'a', clientAddress: '198.18.0.9' }),
      )
    }
    const edge = await writer()
    for (let i = 0; i < 12; i += 1) edge.emit(edge.events.access(facts('198.18.0.10')))
    await runtime.spool.flush()
    await live.until(({ add }) => add.some((decision) => decision.value === '198.18.0.10'))
    expect(bansOf(live)).toEqual(['198.18.0.10'])
  })

  it('keeps decisions over a restart, and they still end when they should', async () => {
    const first = await startHouse(folder.path)
    const made = await ask(first.socket, {
      method: 'POST',
      path: '/v1/decisions',
      body: { scope: 'Ip', value: '198.18.0.20', duration: '2h', reason: 'test', actor: 'ana' },
    })
    await first.stop()
    const { id, until } = JSON.parse(made.body) as { id: number; until: string }
    const second = await house()
    const live = await follow(second.socket)
    expect(live.deltas[0]?.delta.add).toEqual([expect.objectContaining({ id, until, value: '198.18.0.20' })])
    const next = await ask(second.socket, {
      method: 'POST',
      path: '/v1/decisions',
      body: { value: '198.18.0.21' },
    })
    expect((JSON.parse(next.body) as { id: number }).id).toBeGreaterThan(id)
  })

  it('ends a ban when its time is over and tells followers', async () => {
    const running = await house()
    const live = await follow(running.socket)
    await ask(running.socket, {
      method: 'POST',
      path: '/v1/decisions',
      body: { value: '198.18.0.22', duration: '1s' },
    })
    const added = await live.until(({ add }) => add.length > 0)
    const removed = await live.until(({ remove }) => remove.length > 0)
    expect(removed.remove).toEqual([added.add[0]?.id])
  })

  it('records and shows what it would do in monitor mode, and gives nothing out', async () => {
    const running = await house({ mode: 'monitor' })
    const live = await follow(running.socket)
    const edge = await writer()
    for (let i = 0; i < 30; i += 1) edge.emit(edge.events.access(facts('198.18.0.7')))
    await live.until(({ version }) => version > 0)
    expect(bansOf(live)).toEqual([])
    const shown = await ask(running.socket, { path: '/v1/decisions' })
    expect(JSON.parse(shown.body)).toEqual([
      expect.objectContaining({ value: '198.18.0.7', simulated: true }),
    ])
  })

  it('writes detections and decisions as events into its own spool', async () => {
    const running = await house()
    const live = await follow(running.socket)
    const edge = await writer()
    for (let i = 0; i < 30; i += 1) edge.emit(edge.events.access(facts('198.18.0.7')))
    await live.until(({ add }) => add.length > 0)
    await running.stop()
    const text = spoolText(folder.path)
    expect(text).toContain('"kind":"detection"')
    expect(text).toContain('"action":"decision-add"')
    expect(text).toContain('198.18.0.7 performed sevenfold/http-probing')
  })

  it('does not ban this machine, declared proxies and listed networks, and says so', async () => {
    const running = await house()
    const live = await follow(running.socket)
    const edge = await writer()
    const spared = ['127.0.0.1', '198.51.100.1', '203.0.113.77']
    for (let i = 0; i < 30; i += 1) for (const ip of spared) edge.emit(edge.events.access(facts(ip)))
    for (let i = 0; i < 30; i += 1) edge.emit(edge.events.access(facts('198.18.0.30')))
    await live.until(({ add }) => add.some((decision) => decision.value === '198.18.0.30'))
    expect(bansOf(live)).toEqual(['198.18.0.30'])
    await running.stop()
    expect(spoolText(folder.path)).toContain('203.0.113.77 is not banned')
  })
})

function spoolText(dataDir: string): string {
  const read = (path: string): string => {
    try {
      return readFileSync(path, 'utf8')
    } catch {
      return ''
    }
  }
  const files = listFiles(join(dataDir, 'detection', 'spool'))
  return files.map(read).join('')
}

function listFiles(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
