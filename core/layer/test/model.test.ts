import { cpSync, rmSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { array, assert, asyncProperty, constantFrom, integer, record } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listenOnSocket } from '../src/index.ts'
import {
  accessDraft,
  blockDraft,
  closeServer,
  createBench,
  edgeEvents,
  openTestSpool,
  shipTo,
  startTestReceiver,
  until,
} from './harness.ts'
import type { Bench, TestReceiver, TestSpool } from './harness.ts'

/**
 * Model tests: whatever happens in whatever order, the receiver ends with each durable event exactly once, in order,
 * and without an incident. The seed of a failure is printed; SEVENFOLD_PROPERTY_RUNS raises the number of runs.
 */
const numRuns = Number(process.env['SEVENFOLD_PROPERTY_RUNS'] ?? 12)

interface House {
  readonly bench: Bench
  target: TestSpool
  /** Numbers of the events that a flush made durable. */
  readonly durable: number[]
  readonly waiting: number[]
  next: number
}

function append(house: House, count: number, kind: 'low' | 'high'): void {
  for (let n = 0; n < count; n += 1) {
    const number = house.next
    house.next += 1
    house.target.spool.append(
      kind === 'low'
        ? accessDraft(number)
        : { ...edgeEvents().admin({ op: 'x', actor: 'a' }, 'success'), url: { path: `/item/${number}` } },
    )
    house.waiting.push(number)
  }
}

async function flush(house: House): Promise<void> {
  await house.target.spool.flush()
  house.durable.push(...house.waiting.splice(0))
}

/** What a kill leaves: the files as they are, and nothing of the memory. */
async function crash(house: House): Promise<void> {
  const path = join(house.bench.folder, 'spool')
  const copy = join(house.bench.folder, 'copy')
  cpSync(path, copy, { recursive: true })
  rmSync(join(copy, 'lock')) // its owner, this process, lives on
  await house.target.spool.close()
  rmSync(path, { recursive: true })
  cpSync(copy, path, { recursive: true })
  rmSync(copy, { recursive: true })
  house.waiting.splice(0)
  house.target = await openTestSpool(house.bench.folder)
}

async function restart(house: House): Promise<void> {
  await house.target.spool.close()
  house.durable.push(...house.waiting.splice(0))
  house.target = await openTestSpool(house.bench.folder)
}

function pathsOf(receiver: TestReceiver): number[] {
  return receiver.events.flatMap(({ event }) => {
    const path = event.url?.path
    return path === undefined ? [] : [Number(path.slice('/item/'.length))]
  })
}

const ascending = (a: number, b: number): number => a - b

async function deliver(
  house: House,
  receiver: TestReceiver,
  socketPath = receiver.socketPath,
): Promise<void> {
  const shipper = shipTo(house.target, { socketPath, keys: receiver.keys })
  await until(() => house.target.spool.reader('ledger').backlog() === 0, 'delivery')
  await shipper.stop()
}

describe('a spool and its receiver', () => {
  const step = record({
    act: constantFrom('low', 'high', 'flush', 'crash', 'restart', 'deliver', 'receiver-restart'),
    count: integer({ min: 1, max: 30 }),
  })

  it(
    'bring every durable event once, in order, over crashes and restarts of both',
    { timeout: 120_000 },
    async () => {
      await assert(
        asyncProperty(array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
          const bench = createBench()
          try {
            const house: House = {
              bench,
              target: await openTestSpool(bench.folder),
              durable: [],
              waiting: [],
              next: 1,
            }
            let receiver = await startTestReceiver(bench.folder)
            const received: number[] = []
            const incidents: string[] = []
            const swap = async (): Promise<void> => {
              received.push(...pathsOf(receiver))
              incidents.push(...receiver.kinds())
              await receiver.close()
              receiver = await startTestReceiver(bench.folder)
            }
            for (const { act, count } of steps) {
              if (act === 'low' || act === 'high') append(house, count, act)
              else if (act === 'flush') await flush(house)
              else if (act === 'crash') await crash(house)
              else if (act === 'restart') await restart(house)
              else if (act === 'receiver-restart') await swap()
              else {
                await flush(house)
                await deliver(house, receiver)
              }
            }
            await flush(house)
            await deliver(house, receiver)
            await swap()
            expect(incidents).toEqual([])
            expect(received.toSorted(ascending)).toEqual(house.durable.toSorted(ascending))
            await receiver.close()
            await house.target.spool.close()
          } finally {
            await bench.close()
          }
        }),
        { numRuns, endOnFailure: true },
      )
    },
  )

  it(
    'agree although answers are lost, requests are doubled and connections break',
    { timeout: 120_000 },
    async () => {
      const fate = constantFrom('pass', 'lose-answer', 'twice', 'refuse', 'break')
      await assert(
        asyncProperty(
          array(fate, { minLength: 1, maxLength: 12 }),
          array(integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 }),
          async (fates, sizes) => {
            const bench = createBench()
            try {
              const house: House = {
                bench,
                target: await openTestSpool(bench.folder),
                durable: [],
                waiting: [],
                next: 1,
              }
              const receiver = await startTestReceiver(bench.folder)
              const proxyPath = join(bench.folder, 'p.sock')
              const proxy = createServer(troublesome(receiver.socketPath, fates))
              await listenOnSocket(proxy, proxyPath)
              for (const size of sizes) {
                append(house, size, size % 2 === 0 ? 'low' : 'high')
                await flush(house)
              }
              await deliver(house, receiver, proxyPath)
              expect(pathsOf(receiver).toSorted(ascending)).toEqual(house.durable)
              expect(receiver.kinds()).toEqual([])
              await closeServer(proxy)
              await receiver.close()
              await house.target.spool.close()
            } finally {
              await bench.close()
            }
          },
        ),
        { numRuns, endOnFailure: true },
      )
    },
  )

  it(
    'tell of every event that overflow takes, as kept, counted or declared',
    { timeout: 120_000 },
    async () => {
      const burst = record({
        low: integer({ min: 0, max: 400 }),
        high: integer({ min: 0, max: 200 }),
        sources: integer({ min: 1, max: 200 }),
      })
      await assert(
        asyncProperty(array(burst, { minLength: 1, maxLength: 8 }), async (bursts) => {
          const bench = createBench()
          try {
            const target = await openTestSpool(bench.folder, { budgetBytes: 1_048_576 })
            const sent = { low: 0, high: 0 }
            for (const { low, high, sources } of bursts) {
              for (let n = 0; n < low; n += 1) target.spool.append(accessDraft(n))
              for (let n = 0; n < high; n += 1) target.spool.append(blockDraft(`192.0.2.${n % sources}`))
              sent.low += low
              sent.high += high
              await target.spool.flush()
            }
            await target.spool.close()
            const again = await openTestSpool(bench.folder, { budgetBytes: 1_048_576 })
            const receiver = await startTestReceiver(bench.folder)
            const shipper = shipTo(again, receiver)
            await until(() => again.spool.reader('ledger').backlog() === 0, 'delivery')
            await shipper.stop()
            const told = { low: 0, high: 0 }
            for (const { event } of receiver.events) {
              const { kind, loss, repeat } = event.sevenfold
              if (loss !== undefined) told[loss.lane] += loss.count
              if (kind === 'access') told.low += 1
              if (kind === 'block') told.high += repeat?.count ?? 1
            }
            expect(told).toEqual(sent)
            expect(receiver.kinds().filter((kind) => kind !== 'declared-gap')).toEqual([])
            await receiver.close()
            await again.spool.close()
          } finally {
            await bench.close()
          }
        }),
        { numRuns, endOnFailure: true },
      )
    },
  )
})

interface Upstream {
  readonly status: number
  readonly body: string
}

function forward(socketPath: string, incoming: IncomingMessage, body: Uint8Array): Promise<Upstream> {
  return new Promise((resolve, reject) => {
    const { method, url, headers } = incoming
    const outgoing = request({ socketPath, method, path: url, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => void (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }))
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** A proxy between shipper and receiver: each request meets the next fate, and after the last one all pass. */
function troublesome(
  socketPath: string,
  fates: readonly string[],
): (incoming: IncomingMessage, response: ServerResponse) => void {
  let index = 0
  const meet = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const fate = fates[index] ?? 'pass'
    index += 1
    const chunks: Uint8Array[] = []
    for await (const chunk of incoming as AsyncIterable<Uint8Array>) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    if (fate === 'refuse') {
      response.writeHead(500).end('{}')
      return
    }
    if (fate !== 'break') {
      if (fate === 'twice') await forward(socketPath, incoming, body)
      const answer = await forward(socketPath, incoming, body)
      if (fate !== 'lose-answer') {
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body)
        return
      }
    }
    incoming.socket.destroy()
  }
  return (incoming, response) => {
    meet(incoming, response).catch(() => incoming.socket.destroy())
  }
}
