import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HeartbeatBody } from '@sevenfold/event'
import {
  createFakeClock,
  createMemoryLog,
  createTemporaryFolder,
  startRecordingServer,
} from '@sevenfold/testkit'
import type {
  FakeClock,
  MemoryLog,
  RecordingServer,
  ScriptedAnswer,
  TemporaryFolder,
} from '@sevenfold/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadOrCreateKeys } from '../keys/keys.ts'
import { createMetrics } from '../metrics/metrics.ts'
import { readBoot, writeBoot } from './boot-file.ts'
import { startHeartbeatSender } from './heartbeat-sender.ts'

let folder: TemporaryFolder
const cleanups: (() => Promise<void> | void)[] = []
beforeEach(() => {
  folder = createTemporaryFolder()
  cleanups.push(() => folder.remove())
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

const head = { sequence: 0, hash: '00'.repeat(32) }
function bodyWith(nonce: string): HeartbeatBody {
  return {
    v: 1,
    agent: 'edge/main',
    epoch: 'e',
    boot: 1,
    time: '2026-01-01T00:00:00.000Z',
    nonce,
    mode: 'enforce',
    lanes: { high: head, low: head },
    counters: {},
    config: '',
    expiry: {},
  }
}

interface Bench {
  readonly clock: FakeClock
  readonly log: MemoryLog
  readonly server: RecordingServer
  readonly beats: () => number
  /** Nonces that were sent, in order. */
  readonly nonces: () => string[]
  /** Checkpoints that came with answers. */
  readonly checkpoints: readonly string[]
}

async function start(answers: (index: number) => ScriptedAnswer): Promise<Bench> {
  const socketPath = join(folder.path, 's.sock')
  const server = await startRecordingServer({ socketPath, answer: (_request, index) => answers(index) })
  cleanups.push(() => server.close())
  const clock = createFakeClock()
  const log = createMemoryLog()
  let beats = 0
  const checkpoints: string[] = []
  const sender = startHeartbeatSender({
    receivers: [{ name: 'ledger', socketPath }],
    build: bodyWith,
    onBeat: () => void (beats += 1),
    onCheckpoint: (note) => void checkpoints.push(note),
    keys: loadOrCreateKeys(join(folder.path, 'keys')),
    clock,
    log,
    metrics: createMetrics(),
  })
  cleanups.push(() => sender.stop())
  const nonces = (): string[] =>
    server.requests.map(({ body }) => {
      const envelope = JSON.parse(Buffer.from(body).toString()) as { body: string }
      return (JSON.parse(envelope.body) as HeartbeatBody).nonce
    })
  return { clock, log, server, beats: () => beats, nonces, checkpoints }
}

/** Waits until the sender has taken in the answers: its next beat then uses them. */
async function answered(bench: Bench, count: number): Promise<void> {
  await bench.server.received(count)
  for (let n = 0; n < 20; n += 1) await new Promise((resolve) => setTimeout(resolve, 1))
}

const ok = (nonce: string): ScriptedAnswer => ({ body: JSON.stringify({ nonce }) })

describe('the heartbeat sender', () => {
  it('carries the nonce of the last answer', async () => {
    const bench = await start((index) => ok(`n${index}`))
    for (let n = 1; n <= 3; n += 1) {
      await answered(bench, n)
      bench.clock.advance(10_000)
    }
    await answered(bench, 4)
    expect(bench.nonces()).toEqual(['', 'n0', 'n1', 'n2'])
    expect(bench.beats()).toBe(4)
  })

  it('sends at once again with the nonce that a refusal gives, but only once', async () => {
    const bench = await start(() => ({ status: 409, body: '{"nonce":"again"}' }))
    await answered(bench, 2)
    expect(bench.nonces()).toEqual(['', 'again'])
    expect(bench.log.events()).toEqual(['heartbeat-not-accepted'])
  })

  it.each([
    ['an error', { status: 500 }],
    ['a hang-up', { hangUp: true }],
    ['nonsense', { status: 200, body: 'x' }],
    ['a nonce that is too long', { status: 409, body: JSON.stringify({ nonce: 'x'.repeat(129) }) }],
  ])('starts over with an empty nonce after %s', async (_name, answer: ScriptedAnswer) => {
    const bench = await start((index) => (index === 1 ? answer : ok(`n${index}`)))
    await answered(bench, 1)
    bench.clock.advance(10_000)
    await answered(bench, 2)
    bench.clock.advance(10_000)
    await answered(bench, 3)
    expect(bench.nonces()).toEqual(['', 'n0', ''])
  })

  it('keeps beating when nobody listens, and logs it once', async () => {
    const clock = createFakeClock()
    const log = createMemoryLog()
    let beats = 0
    const sender = startHeartbeatSender({
      receivers: [{ name: 'ledger', socketPath: join(folder.path, 'nobody.sock') }],
      build: bodyWith,
      onBeat: () => void (beats += 1),
      keys: loadOrCreateKeys(join(folder.path, 'keys')),
      clock,
      log,
      metrics: createMetrics(),
    })
    for (let n = 0; n < 5; n += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10))
      clock.advance(10_000)
    }
    sender.stop()
    expect(beats).toBe(6)
    expect(log.events()).toEqual(['heartbeat-not-accepted'])
    clock.advance(100_000)
    expect(beats).toBe(6)
  })
})

describe('the boot file', () => {
  const path = (): string => join(folder.path, 'boot', 'main.json')

  it('comes back as it was stored', () => {
    expect(readBoot(path())).toEqual({ boot: 0 })
    writeBoot(path(), { boot: 3, epoch: 'e' })
    expect(readBoot(path())).toEqual({ boot: 3, epoch: 'e' })
  })

  it.each(['', '{', '[]', '{"boot":-1}', '{"boot":1.5}', '{"boot":"7"}', '{"boot":1e300}'])(
    'counts from 0 when it says %j',
    (content) => {
      writeBoot(path(), { boot: 1 })
      writeFileSync(path(), content)
      expect(readBoot(path())).toEqual({ boot: 0 })
    },
  )
})

describe('checkpoints', () => {
  it('come with accepted heartbeats and only with those', async () => {
    const answers = [
      { status: 409, body: JSON.stringify({ nonce: 'a', checkpoint: 'refused' }) },
      { body: JSON.stringify({ nonce: 'b', checkpoint: 'log\n5\n' }) },
    ]
    const bench = await start((index) => answers[index] ?? ok('c'))
    await answered(bench, 2)
    expect(bench.checkpoints).toEqual(['log\n5\n'])
  })
})
