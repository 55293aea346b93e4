import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { LedgerLog } from '@sevenfold/ledger'
import { createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { openLog } from './fixtures.ts'
import { ask, askUntil, startCollector } from './house.ts'
import type { House } from './house.ts'

// Processes and disks of a machine that may do much else meanwhile.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const now = Date.parse('2026-01-31T12:00:00.000Z')
let folder: TemporaryFolder
let log: LedgerLog
let house: House | undefined

beforeEach(async () => {
  folder = createTemporaryFolder()
  log = await openLog(folder.path, 100_000)
})
afterEach(async () => {
  await house?.stop()
  house = undefined
  await log.close()
  folder.remove()
})

/** Puts lines into the log as they are, whatever they are: what the receiver would have refused as well. */
async function put(...lines: readonly string[]): Promise<void> {
  const body = Buffer.from(lines.map((line) => `${line}\n`).join(''))
  await log.append({
    agent: 'edge/raw',
    epoch: 'e1',
    lane: 'low',
    first: log.size + 1,
    lines: lines.length,
    hash: '',
    body,
  })
}

/** An event with a time and an id, and whatever else. */
const event = (id: string, more: object = {}, time: unknown = new Date(now).toISOString()): string =>
  JSON.stringify({ '@timestamp': time, event: { id, kind: 'event' }, ...more })

interface Page {
  readonly events: readonly { readonly event?: { readonly id?: string } }[]
}

const idsOf = ({ events }: Page): readonly (string | undefined)[] => events.map((one) => one.event?.id)

async function indexed(): Promise<House> {
  house = await startCollector(folder.path, { retentionMs: 3e13 })
  await askUntil<{ index: { entries: number } }>(
    house.socket,
    '/v1/status',
    ({ index }) => index.entries === log.size,
  )
  return house
}

describe('events that no honest writer sends', () => {
  it('with a thousand fields are kept whole, and found by the ones that have a place', async () => {
    const wide = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`field_${i}`, i]))
    await put(event('wide', { labels: wide, ...wide, source: { ip: '192.0.2.9' } }))
    const { socket } = await indexed()
    const { body } = await ask<Page>(socket, '/v1/events?query=ip:192.0.2.9')
    expect(idsOf(body)).toEqual(['wide'])
    expect(Object.keys(body.events[0] ?? {}).length).toBeGreaterThan(1000)
  })

  it('with wrong types in every field are events still, and every question is answered', async () => {
    const wrong: readonly unknown[] = [
      null,
      7,
      -1e308,
      true,
      [],
      {},
      [[['x']]],
      { ip: { ip: 1 } },
      '',
      '\u0000',
    ]
    const names = [
      'source',
      'url',
      'http',
      'user',
      'rule',
      'message',
      'host',
      'sevenfold',
      'threat',
      'agent',
      'labels',
    ]
    const lines = names.flatMap((name, i) =>
      wrong.map((value, j) => event(`wrong-${i}-${j}`, { [name]: value, [`${name}.ip`]: value })),
    )
    const inner = [
      'ip',
      'path',
      'response',
      'name',
      'id',
      'technique',
      'status_code',
      'original',
      'judgement',
    ]
    const deep = names.map((name, i) =>
      event(`deep-${i}`, { [name]: Object.fromEntries(inner.map((key, n) => [key, wrong[n]])) }),
    )
    await put(...lines, ...deep, event('good', { source: { ip: '192.0.2.8' } }))
    const { socket } = await indexed()
    for (const path of [
      '/v1/events?limit=1000',
      '/v1/events?query=status:%3E%3D0',
      '/v1/events?query=wrong',
      '/v1/top?field=source.ip',
      '/v1/top?field=status',
      `/v1/histogram?from=${now - 1000}&to=${now + 1000}`,
      '/v1/access',
      '/v1/status',
    ])
      expect((await ask(socket, path)).status).toBe(200)
    const { body } = await ask<Page>(socket, '/v1/events?limit=1000')
    expect(body.events).toHaveLength(lines.length + deep.length + 1)
    expect(idsOf((await ask<Page>(socket, '/v1/events?query=ip:192.0.2.8')).body)).toEqual(['good'])
    expect((await ask(socket, '/v1/events/good')).status).toBe(200)
  })

  it('of any time stand at that time, out of order, and those without one are left out of the index alone', async () => {
    const times = ['1970-01-01T00:00:00.000Z', '2026-01-31T11:59:59.000Z', '9999-12-31T23:59:59.999Z']
    await put(
      ...times.toReversed().map((time, i) => event(`skewed-${i}`, {}, time)),
      ...['never', '', 12, null, '2026-13-45T99:99:99Z'].map((time, i) => event(`timeless-${i}`, {}, time)),
    )
    const { socket } = await indexed()
    expect((await ask<Page>(socket, '/v1/events')).body.events).toHaveLength(3)
    const range = `from=${now - 2000}&to=${now}`
    expect(idsOf((await ask<Page>(socket, `/v1/events?${range}`)).body)).toEqual(['skewed-1'])
    const { body } = await ask<{ buckets: readonly { count: number }[] }>(socket, `/v1/histogram?${range}`)
    expect(body.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(1)
    expect((await ask(socket, '/v1/events/timeless-1')).status).toBe(200)
  })

  it('that are no events are passed over: text, other JSON, a line of the longest length', async () => {
    await put('no event', '[]', '7', '"text"', 'x'.repeat(60_000), event('last'))
    const { socket } = await indexed()
    expect(idsOf((await ask<Page>(socket, '/v1/events')).body)).toEqual(['last'])
  })
})
