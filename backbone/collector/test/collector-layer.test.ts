import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PartStatus } from '@sevenfold/collector'
import type { EventBuilder } from '@sevenfold/event'
import type { LedgerLog } from '@sevenfold/ledger'
import { createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { TestWriter, createBuilder, openLog, requestFacts } from './fixtures.ts'
import { ask, askUntil, open, startCollector } from './house.ts'
import type { House } from './house.ts'

interface Events {
  readonly events: readonly {
    readonly event: { readonly id: string }
    readonly url?: { readonly path?: string }
  }[]
  readonly next?: number
}
interface Status {
  readonly parts: readonly PartStatus[]
  readonly log: { readonly entries: number }
  readonly index: { readonly ready: boolean; readonly entries: number; readonly lag: number }
}

let folder: TemporaryFolder
let log: LedgerLog
let events: EventBuilder
let writer: TestWriter
const closing: (() => Promise<void> | void)[] = []

beforeEach(async () => {
  folder = createTemporaryFolder()
  log = await openLog(folder.path)
  events = createBuilder(() => Date.now())
  writer = new TestWriter(log)
  closing.push(() => log.close())
})
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
  folder.remove()
})

async function collector(change: Readonly<Record<string, unknown>> = {}): Promise<House> {
  const started = await startCollector(folder.path, change)
  closing.push(() => started.stop())
  return started
}

const find = (query: string, more = ''): string => `/v1/events?query=${encodeURIComponent(query)}${more}`
const indexed = (house: House, entries: number): Promise<Status> =>
  askUntil<Status>(house.socket, '/v1/status', (status) => status.index.entries >= entries)
const pathsOf = (answer: Events): (string | undefined)[] => answer.events.map((event) => event.url?.path)

describe('searching', () => {
  it('finds what is in the log and what comes later, whole and newest first', async () => {
    await writer.append(
      events.access(requestFacts({ path: '/one' })),
      events.access(requestFacts({ path: '/two' })),
    )
    const house = await collector()
    await writer.append(events.access(requestFacts({ path: '/three', status: 404 })))
    await indexed(house, 3)
    expect(pathsOf((await ask<Events>(house.socket, '/v1/events')).body)).toEqual(['/three', '/two', '/one'])
    const missing = await ask<Events>(house.socket, find('status:404'))
    expect(missing.body.events[0]).toMatchObject({
      sevenfold: { kind: 'access', site: 'shop' },
      agent: { id: 'edge/w0' },
    })
  })

  it('gives pages that join without gap or overlap', async () => {
    for (let i = 0; i < 7; i += 1) await writer.append(events.access(requestFacts({ path: `/${i}` })))
    const house = await collector()
    await indexed(house, 7)
    const paths: (string | undefined)[] = []
    let next: number | undefined
    do {
      const page: Events = (
        await ask<Events>(house.socket, `/v1/events?limit=3${next === undefined ? '' : `&before=${next}`}`)
      ).body
      paths.push(...pathsOf(page))
      next = page.next
    } while (next !== undefined)
    expect(paths).toEqual(['/6', '/5', '/4', '/3', '/2', '/1', '/0'])
  })

  it('takes times and counts over time', async () => {
    const old = createBuilder(() => Date.parse('2026-01-31T12:00:30Z'))
    for (let i = 0; i < 5; i += 1) await writer.append(old.access(requestFacts()))
    await writer.append(events.access(requestFacts()))
    const house = await collector()
    await indexed(house, 6)
    const span = '&from=2026-01-31T12:00:00Z&to=2026-01-31T12:02:00Z'
    expect((await ask<Events>(house.socket, find('', span))).body.events).toHaveLength(5)
    const histogram = await ask(house.socket, `/v1/histogram?query=${span}&buckets=2`)
    expect(histogram.body).toEqual({
      stepMs: 60_000,
      buckets: [
        { time: '2026-01-31T12:00:00.000Z', count: 5 },
        { time: '2026-01-31T12:01:00.000Z', count: 0 },
      ],
    })
  })

  it('names the most frequent values', async () => {
    const sources = ['192.0.2.1', '192.0.2.2', '192.0.2.1']
    for (const clientAddress of sources) await writer.append(events.access(requestFacts({ clientAddress })))
    const house = await collector()
    await indexed(house, 3)
    expect((await ask(house.socket, '/v1/top?field=ip')).body).toEqual({
      field: 'source.ip',
      values: [
        { value: '192.0.2.1', count: 2 },
        { value: '192.0.2.2', count: 1 },
      ],
    })
  })

  it.each([
    [find('nofield:1'), 400, 'COLLECTOR_QUERY_FIELD'],
    [find('status:abc'), 400, 'COLLECTOR_QUERY_SYNTAX'],
    [find('(a'), 400, 'COLLECTOR_QUERY_SYNTAX'],
    [find('x'.repeat(2001)), 400, 'COLLECTOR_QUERY_LIMIT'],
    ['/v1/events?limit=0', 400, 'COLLECTOR_BAD_PARAMETER'],
    ['/v1/events?limit=1001', 400, 'COLLECTOR_BAD_PARAMETER'],
    ['/v1/events?from=yesterday', 400, 'COLLECTOR_BAD_PARAMETER'],
    ['/v1/histogram?from=2&to=1', 400, 'COLLECTOR_BAD_PARAMETER'],
    ['/v1/histogram?buckets=1441', 400, 'COLLECTOR_BAD_PARAMETER'],
    ['/v1/top?field=nothing', 400, 'COLLECTOR_BAD_PARAMETER'],
    ['/v1/events/none', 404, 'COLLECTOR_NOT_FOUND'],
    ['/v1/events/%zz', 400, 'COLLECTOR_BAD_PARAMETER'],
    ['/v1/else', 404, 'COLLECTOR_NOT_FOUND'],
  ])('answers %s with %i %s', async (path, status, code) => {
    const house = await collector()
    const answer = await ask<{ code: string }>(house.socket, path)
    expect([answer.status, answer.body.code]).toEqual([status, code])
  })
})

describe('ids', () => {
  it('lead to an event and to everything of a request, in closed segments and in the one that grows', async () => {
    const facts = requestFacts({
      requestId: '0192aaaa-0000-7000-8000-000000000001',
      path: '/bad',
      status: 403,
    })
    const judgement = { step: 'waf', verdict: 'block' as const, score: 5 }
    const block = events.block({ ...facts, judgement, traceId: facts.requestId })
    await writer.append(block, events.access(facts))
    for (let i = 0; i < 40; i += 1) await writer.append(events.access(requestFacts()))
    await writer.append(
      events.authentication({ outcome: 'failure', userName: 'ana', traceId: facts.requestId }),
    )
    const house = await collector()
    const path = `/v1/requests/${facts.requestId}`
    const found = await askUntil<Events>(house.socket, path, (answer) => answer.events.length === 3)
    expect(
      found.events.map((event) => (event as unknown as { sevenfold: { kind: string } }).sevenfold.kind),
    ).toEqual(['block', 'access', 'authentication'])
    const one = await ask(house.socket, `/v1/events/${block.event.id}`)
    expect(one.body).toMatchObject({ event: { id: block.event.id }, url: { path: '/bad' } })
    expect(readdirSync(join(folder.path, 'collector', 'ids')).length).toBeGreaterThan(2)
  })

  it('work for ids that are no UUIDs', async () => {
    await writer.append(events.access(requestFacts({ requestId: 'plain "id" /?' })))
    const house = await collector()
    const path = `/v1/requests/${encodeURIComponent('plain "id" /?')}`
    await askUntil<Events>(house.socket, path, (answer) => answer.events.length === 1)
  })

  it('are found again after a restart, and with a damaged database', async () => {
    const draft = events.access(requestFacts({ path: '/keep' }))
    await writer.append(draft)
    for (let i = 0; i < 40; i += 1) await writer.append(events.access(requestFacts()))
    const first = await startCollector(folder.path)
    await indexed(first, 41)
    await first.stop()
    const path = join(folder.path, 'collector', 'index.duckdb')
    rmSync(path)
    writeFileSync(path, 'not a database')
    const second = await collector()
    const one = await askUntil<{ event?: { id: string } }>(
      second.socket,
      `/v1/events/${draft.event.id}`,
      (event) => event.event !== undefined,
    )
    expect(one.event?.id).toBe(draft.event.id)
  })
})

describe('the live tail', () => {
  it('gives new events that match, and none that were there before', async () => {
    await writer.append(events.access(requestFacts({ path: '/before', status: 404 })))
    const house = await collector()
    await indexed(house, 1)
    const { response, close } = await open(house.socket, `/v1/tail?query=${encodeURIComponent('status:404')}`)
    closing.push(close)
    response.setEncoding('utf8')
    let text = ''
    const got = new Promise<void>((resolve) => {
      response.on('data', (chunk: string) => {
        text += chunk
        if (text.includes('/second')) resolve()
      })
      response.on('error', () => undefined)
    })
    await writer.append(
      events.access(requestFacts({ path: '/first', status: 404 })),
      events.access(requestFacts({ path: '/other' })),
      events.access(requestFacts({ path: '/second', status: 404 })),
    )
    await got
    const data = text.split('\n').filter((line) => line.startsWith('data: '))
    expect(data.map((line) => (JSON.parse(line.slice(6)) as Events['events'][number]).url?.path)).toEqual([
      '/first',
      '/second',
    ])
  })

  it('refuses a filter that it does not understand', async () => {
    const house = await collector()
    expect((await ask(house.socket, '/v1/tail?query=(')).status).toBe(400)
  })
})

describe('the status of parts', () => {
  it('tells mode, last heartbeat, canary and rate of every writer', async () => {
    const time = new Date().toISOString()
    const heartbeat = events.heartbeat({
      v: 1,
      agent: 'edge/w0',
      epoch: 'e1',
      boot: 1,
      time,
      nonce: '',
      mode: 'enforce',
      sites: { blog: 'monitor' },
      lanes: { high: { sequence: 1, hash: 'a'.repeat(64) }, low: { sequence: 0, hash: 'b'.repeat(64) } },
      counters: {},
      config: 'c'.repeat(64),
      expiry: {},
      canary: { ok: true, time, attack: 'sqli-1' },
    })
    await writer.append(heartbeat, events.access(requestFacts()), events.access(requestFacts()))
    const house = await collector()
    const status = await askUntil<Status>(house.socket, '/v1/status', (now) => now.log.entries === 3)
    expect(status.parts).toEqual([
      {
        part: 'edge',
        agents: [
          {
            agent: 'edge/w0',
            mode: 'enforce',
            sites: { blog: 'monitor' },
            lastHeartbeat: heartbeat['@timestamp'],
            canary: { ok: true, time, attack: 'sqli-1' },
            eventsPerMinute: 2,
          },
        ],
      },
    ])
  })
})

describe('allowed requests', () => {
  it('are totals a minute for sites that ask for that; everything else is kept', async () => {
    const at = createBuilder(() => Date.parse('2026-01-31T12:00:30Z'))
    const shop = { responseBytes: 100, durationMs: 4 }
    await writer.append(
      at.access(requestFacts(shop)),
      at.access(requestFacts(shop)),
      at.access(requestFacts({ ...shop, status: 404 })),
      at.access(requestFacts({ ...shop, firstSight: true })),
      at.access(requestFacts({ ...shop, site: 'blog' })),
    )
    const house = await collector({
      sites: [
        { name: 'shop', accessEvents: 'aggregate' },
        { name: 'blog', accessEvents: 'each' },
      ],
    })
    await indexed(house, 5)
    expect((await ask<Events>(house.socket, '/v1/events')).body.events).toHaveLength(3)
    await writer.append(at.access(requestFacts(shop)))
    await indexed(house, 6)
    const span = 'from=2026-01-31T12:00:00Z&to=2026-01-31T12:01:00Z'
    expect((await ask(house.socket, `/v1/access?${span}`)).body).toEqual({
      minutes: [
        {
          time: '2026-01-31T12:00:00.000Z',
          site: 'shop',
          method: 'GET',
          status: 200,
          requests: 3,
          bytes: 300,
          meanDurationMs: 4,
        },
      ],
    })
  })
})

describe('an index that is gone or damaged', () => {
  it('is made again from the segments, and nothing is in it twice', async () => {
    for (let i = 0; i < 30; i += 1) await writer.append(events.access(requestFacts()))
    const first = await startCollector(folder.path)
    await indexed(first, 30)
    await first.stop()
    const path = join(folder.path, 'collector', 'index.duckdb')
    expect(existsSync(path)).toBe(true)
    for (const damage of [() => rmSync(path), () => writeFileSync(path, 'x'.repeat(5000)), () => undefined]) {
      damage()
      const house = await startCollector(folder.path)
      await indexed(house, 30)
      expect((await ask<Events>(house.socket, '/v1/events?limit=1000')).body.events).toHaveLength(30)
      await house.stop()
    }
  })

  it('goes on after segments that retention dropped', async () => {
    for (let i = 0; i < 40; i += 1) await writer.append(events.access(requestFacts()))
    const names = readdirSync(join(folder.path, 'ledger', 'segments')).toSorted()
    for (const name of names.slice(0, 2)) rmSync(join(folder.path, 'ledger', 'segments', name))
    const house = await collector()
    await indexed(house, 40)
    const { body } = await ask<Events>(house.socket, '/v1/events?limit=1000')
    expect(body.events.length).toBeGreaterThan(10)
    expect(body.events.length).toBeLessThan(40)
  })

  it('waits for a ledger that was never there', async () => {
    await log.close()
    rmSync(join(folder.path, 'ledger'), { recursive: true })
    const house = await collector()
    expect((await ask<Events>(house.socket, '/v1/events')).body.events).toEqual([])
    log = await openLog(folder.path)
    await new TestWriter(log).append(events.access(requestFacts()))
    await indexed(house, 1)
  })
})
