import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createMemoryLog, createTemporaryFolder } from '@sevenfold/testkit'
import { afterEach, expect, it } from 'vitest'
import {
  createMetrics,
  createReceiver,
  listenOnSocket,
  loadOrCreateKeys,
  localAgent,
  openRegistry,
  registerAgent,
  startPart,
  systemClock,
} from '../src/index.ts'
import { createBench, startTestReceiver } from './harness.ts'
import type { AcceptedHeartbeat, Incident, ReceivedEvent, Receiver } from '../src/index.ts'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('the condition did not come true in 10 s')
    await new Promise((resolve) => setImmediate(resolve))
  }
}

it('brings events and heartbeats of a part to its receiver', async () => {
  const folder = createTemporaryFolder()
  cleanups.push(() => folder.remove())
  const ledgerDir = join(folder.path, 'ledger')
  mkdirSync(ledgerDir)
  const registryPath = join(ledgerDir, 'agents.json')
  registerAgent(
    registryPath,
    localAgent('edge', loadOrCreateKeys(join(folder.path, 'edge', 'keys')).publicKey),
  )
  const events: ReceivedEvent[] = []
  const heartbeats: AcceptedHeartbeat[] = []
  const incidents: Incident[] = []
  const receiver: Receiver = createReceiver({
    registry: openRegistry({ path: registryPath }),
    folder: join(ledgerDir, 'receiver'),
    clock: systemClock,
    log: createMemoryLog(),
    metrics: createMetrics(),
    onBatch: async (batch) => void events.push(...batch.events),
    onHeartbeat: (heartbeat) => void heartbeats.push(heartbeat),
    onIncident: (incident) => void incidents.push(incident),
  })
  const server = createServer(receiver.handle)
  const socketPath = join(ledgerDir, 'ingest.sock')
  await listenOnSocket(server, socketPath)
  cleanups.push(() => receiver.close())
  cleanups.push(() => closeServer(server))
  const log = createMemoryLog()
  const part = await startPart({
    part: 'edge',
    dataDir: folder.path,
    config: {},
    receivers: [{ name: 'ledger', socketPath }],
    log,
  })
  cleanups.push(() => part.stop())
  part.emit(part.events.notice('hello', 'first'))
  part.spool.appendLine('low', (sequence, agent, lane) => {
    const draft = part.events.notice('hello', 'second')
    return JSON.stringify({
      ...draft,
      agent: JSON.parse(agent) as unknown,
      event: { ...draft.event, sequence },
      sevenfold: { ...draft.sevenfold, lane },
    })
  })
  await until(() => events.length >= 4 && heartbeats.length > 0)
  expect(incidents).toEqual([])
  expect(events.map(({ event }) => event.message ?? event.sevenfold.kind)).toEqual(
    expect.arrayContaining(['epoch', 'heartbeat', 'first', 'second']),
  )
  expect(heartbeats[0]?.body).toMatchObject({ agent: 'edge/main', boot: 1, mode: 'enforce' })
  await part.stop()
  expect(receiver.positions().map(({ lane, sequence }) => `${lane} ${sequence}`)).toEqual(['high 3', 'low 1'])
  expect(log.lines.filter(({ level }) => level === 'error')).toEqual([])
})

it('tells every receiver when a spool was wiped between two starts', async () => {
  const bench = createBench()
  cleanups.push(() => bench.close())
  const receiver = await startTestReceiver(bench.folder)
  cleanups.push(() => receiver.close())
  const run = async (): Promise<void> => {
    const part = await startPart({
      part: 'edge',
      dataDir: bench.folder,
      config: {},
      receivers: [{ name: 'ledger', socketPath: receiver.socketPath }],
      log: createMemoryLog(),
    })
    part.emit(part.events.notice('run', 'x'))
    await part.stop()
  }
  await run()
  expect(receiver.kinds()).toEqual([])
  const before = receiver.events.length
  expect(before).toBeGreaterThan(0)
  rmSync(join(bench.folder, 'edge', 'spool'), { recursive: true })
  await run()
  expect(receiver.incidents).toMatchObject([
    { kind: 'new-epoch', message: expect.stringContaining('wiped') as string },
  ])
  expect(receiver.events.length).toBe(before * 2)
})
