import type { Inspector, Verdict } from '@sevenfold/event'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { InspectionQueue } from '../src/pipeline/inspection-queue.ts'
import { RawClient } from './support/raw-client.ts'
import { RawUpstream } from './support/raw-upstream.ts'
import { TestEdge } from './support/test-edge.ts'

const sliceMs = 5
const slices = 12

let upstream: RawUpstream
let edge: TestEdge
let queue: InspectionQueue
/** Time of the queue: only work and rests take any. */
let now: number
/** What the inspection did, in order. */
let done: string[]
/** While it is set no heavy request comes to its end. */
let held: boolean
const clients: RawClient[] = []

/** Requests of /heavy take many slices at their end; all others pass at once. */
const inspector: Inspector = {
  open: ({ clientPort }) => {
    let left = 0
    return {
      requestHead: ({ target }) => {
        left = target === '/heavy' ? slices : 0
        return { kind: 'more' }
      },
      requestBody: () => ({ kind: 'more' }),
      requestEnd: () => (left > 0 ? { kind: 'yield' } : { kind: 'pass' }),
      responseHead: () => ({ kind: 'pass' }),
      responseBody: () => ({ kind: 'pass' }),
      responseEnd: () => ({ kind: 'pass' }),
      resume: (): Verdict => {
        done.push(String(clientPort))
        now += sliceMs
        if (left > 1 || !held) left -= 1
        return left > 0 ? { kind: 'yield' } : { kind: 'pass' }
      },
      report: () => ({ matches: [], score: 0, outboundScore: 0, steps: 0, interruption: null }),
      close: () => undefined,
    }
  },
}

beforeEach(async () => {
  now = 0
  done = []
  held = false
  queue = new InspectionQueue({
    monotonicMs: () => now,
    cpuMs: () => now,
    soon: (run) => void setImmediate(run),
    after: (ms, run) =>
      void setImmediate(() => {
        now += ms
        run()
      }),
  })
  upstream = await RawUpstream.start()
  edge = await TestEdge.start({
    sites: [{ upstreamPort: upstream.port, inspection: { inspector, answers: false } }],
    queue,
    inspectionSteps: Number.MAX_SAFE_INTEGER,
  })
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await edge.close()
  await upstream.close()
})

async function connect(localAddress: string): Promise<RawClient> {
  const client = await RawClient.connect(edge.port, localAddress)
  clients.push(client)
  return client
}

const heavy = 'GET /heavy HTTP/1.1\r\nHost: a\r\n\r\n'

describe('a client whose requests are heavy', () => {
  it('has one of them at work at a time, however many connections it opens, and all are answered', async () => {
    const own = await Promise.all(Array.from({ length: 8 }, () => connect('127.0.0.5')))
    for (const client of own) client.send(heavy)
    const answers = await Promise.all(own.map((client) => client.answer()))
    expect(answers.map(({ status }) => status)).toEqual(own.map(() => 200))
    expect(done).toHaveLength(own.length * slices)
    const changes = done.filter((port, at) => port !== done[at - 1])
    expect(new Set(changes).size).toBe(changes.length)
    expect(queue.heldBack).toBe(0)
  })

  it('keeps nobody else waiting: short requests are answered between its slices', async () => {
    const own = await Promise.all(Array.from({ length: 4 }, () => connect('127.0.0.5')))
    const other = await connect('127.0.0.6')
    held = true
    for (const client of own) client.send(heavy)
    for (let count = 0; count < 5; count++) expect((await other.get('/')).status).toBe(200)
    held = false
    for (const client of own) expect((await client.answer()).status).toBe(200)
  })

  it('has its next requests judged all the same, short ones before its long ones', async () => {
    const [long, short] = [await connect('127.0.0.5'), await connect('127.0.0.5')]
    queue.charge('127.0.0.5', 1000)
    expect(queue.isHeavy('127.0.0.5')).toBe(true)
    held = true
    long.send(heavy)
    expect((await short.get('/')).status).toBe(200)
    held = false
    expect((await long.answer()).status).toBe(200)
  })

  it('that goes away leaves nothing behind', async () => {
    const [gone, stays] = [await connect('127.0.0.5'), await connect('127.0.0.5')]
    queue.charge('127.0.0.5', 1000)
    gone.send(heavy)
    gone.close()
    stays.send(heavy)
    expect((await stays.answer()).status).toBe(200)
    expect((await (await connect('127.0.0.6')).get('/')).status).toBe(200)
    expect(queue.heldBack).toBe(0)
  })
})
