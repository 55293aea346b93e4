import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { createEventBuilder, createRedactor, uuidV7 } from '@sevenfold/event'
import type { EventBuilder, EventDraft } from '@sevenfold/event'
import { createMemoryLog, createTemporaryFolder } from '@sevenfold/testkit'
import type { MemoryLog } from '@sevenfold/testkit'
import {
  createMetrics,
  createReceiver,
  listenOnSocket,
  loadOrCreateKeys,
  localAgent,
  openRegistry,
  openSpool,
  registerAgent,
  startShipper,
  systemClock,
} from '../src/index.ts'
import type {
  AcceptedHeartbeat,
  Clock,
  Incident,
  LanePosition,
  Metrics,
  PartKeys,
  ReceivedBatch,
  ReceivedEvent,
  Receiver,
  Shipper,
  Spool,
  SpoolOptions,
} from '../src/index.ts'

type Cleanup = () => Promise<void> | void

/** Everything a test opened, closed in reverse by `close`. */
export interface Bench {
  readonly folder: string
  readonly later: (cleanup: Cleanup) => void
  close(): Promise<void>
}

export function createBench(): Bench {
  const folder = createTemporaryFolder()
  const cleanups: Cleanup[] = [() => folder.remove()]
  return {
    folder: folder.path,
    later: (cleanup) => void cleanups.push(cleanup),
    close: async () => {
      for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
    },
  }
}

/** Waits for a condition with a deadline. */
export async function until(
  condition: () => boolean,
  why = 'the condition',
  deadlineMs = 20_000,
): Promise<void> {
  const deadline = Date.now() + deadlineMs
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`${why} did not come true in ${deadlineMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

/** A builder of edge events with a fixed redaction key. */
export function edgeEvents(now: () => number = () => Date.now()): EventBuilder {
  return createEventBuilder({
    layer: 'edge',
    now,
    newId: uuidV7,
    redactor: createRedactor(new Uint8Array(32).fill(7)),
  })
}

/** An allowed request: low lane, never folded. */
export function accessDraft(n: number, events: EventBuilder = edgeEvents()): EventDraft {
  return events.access({
    requestId: `r${n}`,
    site: 'shop',
    clientAddress: '192.0.2.1',
    method: 'GET',
    path: `/item/${n}`,
    httpVersion: '1.1',
    status: 200,
  })
}

/** A refused request: high lane, folds. */
export function blockDraft(source: string, rule = '942100', events: EventBuilder = edgeEvents()): EventDraft {
  return events.block({
    requestId: 'r',
    site: 'shop',
    clientAddress: source,
    method: 'GET',
    path: '/search',
    httpVersion: '1.1',
    status: 403,
    judgement: { step: 'waf', verdict: 'block' },
    rule: { id: rule },
  })
}

export interface TestSpool {
  readonly spool: Spool
  readonly log: MemoryLog
  readonly metrics: Metrics
}

/** A spool in `<folder>/spool`; the caller closes it. */
export async function openTestSpool(folder: string, options: Partial<SpoolOptions> = {}): Promise<TestSpool> {
  const log = createMemoryLog()
  const metrics = createMetrics()
  const spool = await openSpool({
    folder: join(folder, 'spool'),
    agentId: 'edge/main',
    receivers: ['ledger'],
    clock: systemClock,
    log,
    metrics,
    ...options,
  })
  return { spool, log, metrics }
}

export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

export interface TestReceiver {
  readonly receiver: Receiver
  readonly socketPath: string
  readonly keys: PartKeys
  readonly events: ReceivedEvent[]
  readonly batches: ReceivedBatch[]
  readonly heartbeats: AcceptedHeartbeat[]
  readonly incidents: Incident[]
  readonly log: MemoryLog
  /** Kinds of the incidents so far. */
  kinds(): string[]
  close(): Promise<void>
}

export interface TestReceiverOptions {
  readonly name?: string
  readonly onBatch?: (batch: ReceivedBatch) => Promise<void>
  readonly recovered?: readonly LanePosition[]
  readonly now?: () => number
  readonly clock?: Clock
}

/** A receiver on `<folder>/<name>/ingest.sock` that knows the key in `<folder>/edge/keys`. */
export async function startTestReceiver(
  folder: string,
  options: TestReceiverOptions = {},
): Promise<TestReceiver> {
  const name = options.name ?? 'ledger'
  const keys = loadOrCreateKeys(join(folder, 'edge', 'keys'))
  const dir = join(folder, name)
  loadOrCreateKeys(join(dir, 'keys')) // makes the folder
  const registryPath = join(dir, 'agents.json')
  registerAgent(registryPath, localAgent('edge', keys.publicKey))
  const seen: Pick<TestReceiver, 'events' | 'batches' | 'heartbeats' | 'incidents'> = {
    events: [],
    batches: [],
    heartbeats: [],
    incidents: [],
  }
  const log = createMemoryLog()
  const receiver = createReceiver({
    registry: openRegistry({ path: registryPath }),
    folder: join(dir, 'receiver'),
    clock: options.clock ?? { ...systemClock, now: options.now ?? (() => Date.now()) },
    log,
    metrics: createMetrics(),
    onBatch: async (batch) => {
      await options.onBatch?.(batch)
      seen.batches.push(batch)
      seen.events.push(...batch.events)
    },
    onHeartbeat: (heartbeat) => void seen.heartbeats.push(heartbeat),
    onIncident: (incident) => void seen.incidents.push(incident),
    ...(options.recovered === undefined ? {} : { recovered: options.recovered }),
  })
  const server = createServer(receiver.handle)
  const socketPath = join(dir, 'ingest.sock')
  await listenOnSocket(server, socketPath)
  let closed: Promise<void> | undefined
  return {
    ...seen,
    receiver,
    socketPath,
    keys,
    log,
    kinds: () => seen.incidents.map(({ kind }) => kind),
    close: () => {
      closed ??= closeServer(server).then(() => receiver.close())
      return closed
    },
  }
}

/** A shipper from a spool to a test receiver. */
export function shipTo(
  target: TestSpool,
  receiver: Pick<TestReceiver, 'socketPath' | 'keys'>,
  name = 'ledger',
): Shipper {
  return startShipper({
    spool: target.spool,
    receiver: name,
    target: { socketPath: receiver.socketPath },
    keys: receiver.keys,
    clock: systemClock,
    log: target.log,
    metrics: target.metrics,
    random: () => 0,
  })
}
