import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { batchHeaderNames } from '@sevenfold/event'
import { createFakeClock, settle, startRecordingServer } from '@sevenfold/testkit'
import type { RecordedRequest, RecordingServer, ScriptedAnswer } from '@sevenfold/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createBackoff } from '../src/ship/backoff.ts'
import { readBatchAnswer } from '../src/ship/batch-answer.ts'
import { loadOrCreateKeys, startShipper, systemClock } from '../src/index.ts'
import { accessDraft, createBench, openTestSpool, shipTo, startTestReceiver, until } from './harness.ts'
import type { Bench, TestSpool } from './harness.ts'

let bench: Bench
beforeEach(() => void (bench = createBench()))
afterEach(() => bench.close())

function lastOf(request: RecordedRequest): number {
  const first = Number(request.headers[batchHeaderNames.first])
  const blocks = String(request.headers[batchHeaderNames.blocks]).split(',').map(Number)
  return first + blocks.reduce((sum, lines) => sum + lines, 0) - 1
}

const accept = (request: RecordedRequest): ScriptedAnswer => ({
  body: JSON.stringify({ through: lastOf(request) }),
})

async function receiverThat(
  answer: (request: RecordedRequest, index: number) => ScriptedAnswer,
): Promise<RecordingServer & { socketPath: string }> {
  const socketPath = join(bench.folder, 'r.sock')
  const server = await startRecordingServer({ socketPath, answer })
  bench.later(() => server.close())
  return Object.assign(server, { socketPath })
}

async function spoolWith(count: number, perBlock = count): Promise<TestSpool> {
  const target = await openTestSpool(bench.folder)
  bench.later(() => target.spool.close())
  for (let n = 1; n <= count; n += 1) {
    target.spool.append(accessDraft(n))
    if (n % perBlock === 0) await target.spool.flush()
  }
  await target.spool.flush()
  return target
}

function ship(target: TestSpool, socketPath: string): void {
  const keys = loadOrCreateKeys(join(bench.folder, 'edge', 'keys'))
  const shipper = shipTo(target, { socketPath, keys })
  bench.later(() => shipper.stop())
}

const backlog = (target: TestSpool): number => target.spool.reader('ledger').backlog()

describe('a shipper', () => {
  it('sends whole blocks as signed gzip with their place in the headers', async () => {
    const server = await receiverThat(accept)
    const target = await spoolWith(4, 2)
    ship(target, server.socketPath)
    await until(() => backlog(target) === 0)
    const low = server.requests.find(({ headers }) => headers[batchHeaderNames.lane] === 'low')
    expect(low?.headers).toMatchObject({
      'content-type': 'application/x-ndjson',
      'content-encoding': 'gzip',
      [batchHeaderNames.agent]: 'edge/main',
      [batchHeaderNames.epoch]: target.spool.epoch,
      [batchHeaderNames.first]: '1',
      [batchHeaderNames.blocks]: '2,2',
    })
    expect(
      gunzipSync(low?.body ?? new Uint8Array())
        .toString()
        .split('\n'),
    ).toHaveLength(5)
  })

  it('goes back to what the receiver expects', async () => {
    const server = await receiverThat((request) => {
      if (request.headers[batchHeaderNames.lane] === 'high') return accept(request)
      if (Number(request.headers[batchHeaderNames.first]) > 1) return { status: 409, body: '{"expected":1}' }
      return accept(request)
    })
    const target = await spoolWith(4, 2)
    target.spool.reader('ledger').acknowledge({ epoch: target.spool.epoch, lane: 'low' }, 2)
    ship(target, server.socketPath)
    await until(() => backlog(target) === 0)
    const firsts = server.requests
      .filter(({ headers }) => headers[batchHeaderNames.lane] === 'low')
      .map(({ headers }) => headers[batchHeaderNames.first])
    expect(firsts).toEqual(['3', '1'])
  })

  it('halves its batches after 413', async () => {
    const server = await receiverThat((request) =>
      String(request.headers[batchHeaderNames.blocks]).split(',').length > 2
        ? { status: 413 }
        : accept(request),
    )
    const target = await spoolWith(800, 20)
    ship(target, server.socketPath)
    await until(() => backlog(target) === 0)
    expect(server.requests.length).toBeGreaterThan(20)
  })

  it('waits as long as Retry-After says', async () => {
    const times: number[] = []
    const server = await receiverThat((request, index) => {
      times.push(performance.now())
      return index === 0 ? { status: 429, headers: { 'retry-after': '1' } } : accept(request)
    })
    const target = await spoolWith(1)
    ship(target, server.socketPath)
    await until(() => backlog(target) === 0)
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(950)
  })

  it('comes through hang-ups, errors and nonsense', async () => {
    const answers: ScriptedAnswer[] = [
      { hangUp: true },
      { status: 500 },
      { status: 200, body: 'not json' },
      { status: 200, body: '{"through":-1}' },
      { status: 409, body: '{"expected":"x"}' },
      { status: 200, body: 'x'.repeat(100_000) },
      { status: 401 },
    ]
    const server = await receiverThat((request, index) => answers[index] ?? accept(request))
    const target = await spoolWith(1)
    ship(target, server.socketPath)
    await until(() => backlog(target) === 0)
    expect(target.log.events().filter((event) => event.startsWith('ship-'))).toEqual([
      'ship-failed',
      'ship-recovered',
    ])
  })

  it('never gives up on a receiver that is not there yet', async () => {
    const target = await spoolWith(5)
    const socketPath = join(bench.folder, 'ledger', 'ingest.sock')
    ship(target, socketPath)
    await until(() => target.log.events().includes('ship-failed'))
    const receiver = await startTestReceiver(bench.folder)
    bench.later(() => receiver.close())
    await until(() => receiver.events.length === 6)
    expect(receiver.kinds()).toEqual([])
  })

  it('serves two receivers at their own pace', async () => {
    const target = await openTestSpool(bench.folder, { receivers: ['ledger', 'detection'] })
    bench.later(() => target.spool.close())
    const ledger = await startTestReceiver(bench.folder)
    bench.later(() => ledger.close())
    const shipper = shipTo(target, ledger)
    bench.later(() => shipper.stop())
    for (let n = 0; n < 50; n += 1) target.spool.append(accessDraft(n))
    await until(() => ledger.events.length === 51)
    const detection = await startTestReceiver(bench.folder, { name: 'detection' })
    bench.later(() => detection.close())
    const late = shipTo(target, detection, 'detection')
    bench.later(() => late.stop())
    await until(() => detection.events.length === 51)
    expect(detection.events.map(({ line }) => line)).toEqual(ledger.events.map(({ line }) => line))
  })

  it('declares a loss to its receiver before the gap', async () => {
    const target = await openTestSpool(bench.folder, { budgetBytes: 1_048_576 })
    bench.later(() => target.spool.close())
    for (let n = 1; n <= 2000; n += 1) {
      target.spool.append(accessDraft(n))
      if (n % 100 === 0) await target.spool.flush()
    }
    const receiver = await startTestReceiver(bench.folder)
    bench.later(() => receiver.close())
    const shipper = shipTo(target, receiver)
    bench.later(() => shipper.stop())
    await until(() => backlog(target) === 0)
    expect(receiver.kinds()).toEqual(['declared-gap'])
    expect(receiver.events.at(-1)?.event.url?.path).toBe('/item/2000')
  })

  it('starts a new epoch when an old copy of its folder was put back, and loses nothing', async () => {
    const receiver = await startTestReceiver(bench.folder)
    bench.later(() => receiver.close())
    const first = await openTestSpool(bench.folder)
    first.spool.append(accessDraft(1))
    await first.spool.close()
    const copy = join(bench.folder, 'copy')
    cpSync(join(bench.folder, 'spool'), copy, { recursive: true })
    const second = await openTestSpool(bench.folder)
    for (let n = 2; n <= 5; n += 1) second.spool.append(accessDraft(n))
    await second.spool.flush()
    const before = shipTo(second, receiver)
    await until(() => receiver.events.length === 6)
    await before.stop()
    await second.spool.close()
    rmSync(join(bench.folder, 'spool'), { recursive: true })
    cpSync(copy, join(bench.folder, 'spool'), { recursive: true })
    const third = await openTestSpool(bench.folder)
    bench.later(() => third.spool.close())
    for (let n = 11; n <= 12; n += 1) third.spool.append(accessDraft(n))
    await third.spool.flush()
    const after = shipTo(third, receiver)
    bench.later(() => after.stop())
    await until(() => receiver.events.some(({ event }) => event.url?.path === '/item/12'))
    await until(() => backlog(third) === 0)
    expect(receiver.kinds()).toContain('conflict')
    expect(receiver.kinds()).toContain('new-epoch')
    const paths = receiver.events.flatMap(({ event }) => event.url?.path ?? [])
    expect(paths).toEqual([1, 2, 3, 4, 5, 11, 12].map((n) => `/item/${n}`))
  })

  it('stops at once, also while it waits', async () => {
    const server = await receiverThat(() => ({ status: 429, headers: { 'retry-after': '3600' } }))
    const target = await spoolWith(1)
    const keys = loadOrCreateKeys(join(bench.folder, 'edge', 'keys'))
    const shipper = shipTo(target, { socketPath: server.socketPath, keys })
    await server.received(1)
    await shipper.stop()
    expect(server.requests).toHaveLength(1)
  })

  it('gives what is on disk time to get out when it is asked to drain', async () => {
    const server = await receiverThat(accept)
    const target = await spoolWith(100)
    const keys = loadOrCreateKeys(join(bench.folder, 'edge', 'keys'))
    const { spool, log, metrics } = target
    const shipper = startShipper({
      spool,
      receiver: 'ledger',
      target: { socketPath: server.socketPath },
      keys,
      clock: systemClock,
      log,
      metrics,
    })
    await shipper.stop(5000)
    expect(backlog(target)).toBe(0)
  })
})

describe('the back-off', () => {
  it('grows with the time that the trouble lasts, within its limits', async () => {
    const clock = createFakeClock()
    const backoff = createBackoff(clock, () => 0.5)
    expect(backoff.next()).toBe(100)
    for (let i = 0; i < 1000; i += 1) backoff.next()
    expect(backoff.next()).toBe(100) // tries do not count
    clock.advance(2000)
    expect(backoff.next()).toBe(1000)
    clock.advance(3_600_000)
    expect(backoff.next()).toBe(5000)
    backoff.reset()
    expect(backoff.next()).toBe(100)
    await settle()
  })

  it('spreads senders by half of the wait to both sides', () => {
    const clock = createFakeClock()
    expect([0, 1].map((random) => createBackoff(clock, () => random).next())).toEqual([50, 150])
  })
})

describe('reading an answer', () => {
  const read = (status: number, text: string, retryAfterSeconds?: number): unknown =>
    readBatchAnswer({ status, text, retryAfterSeconds })

  it.each([
    [200, '{"through":7}', { kind: 'accepted', through: 7 }],
    [409, '{"expected":7}', { kind: 'gap', expected: 7 }],
    [413, '', { kind: 'too-large' }],
    [429, '', { kind: 'busy', retryAfterMs: 1000 }],
    [200, '{"through":1.5}', { kind: 'refused', status: 200, why: '{"through":1.5}' }],
    [409, '{"expected":0}', { kind: 'refused', status: 409, why: '{"expected":0}' }],
    [409, '[]', { kind: 'refused', status: 409, why: '[]' }],
    [500, 'oops', { kind: 'refused', status: 500, why: 'oops' }],
  ])('of status %i with %s gives what it means', (status, text, expected) => {
    expect(read(status, text)).toEqual(expected)
  })

  it('takes Retry-After in seconds', () => {
    expect(read(503, '', 7)).toEqual({ kind: 'busy', retryAfterMs: 7000 })
  })
})
