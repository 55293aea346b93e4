import type { Clock, Timer } from '../clock/clock.ts'
import type { PartKeys } from '../keys/keys.ts'
import type { Logger } from '../log/logger.ts'
import type { Counter, Gauge, Metrics } from '../metrics/metrics.ts'
import type { Spool, SpoolBatch, SpoolReader } from '../spool/spool.ts'
import { createBackoff } from './backoff.ts'
import type { Backoff } from './backoff.ts'
import { readBatchAnswer } from './batch-answer.ts'
import type { BatchAnswer } from './batch-answer.ts'
import { batchRequest } from './batch-request.ts'
import { createSocketClient } from './socket-client.ts'
import type { SocketClient } from './socket-client.ts'

/** What a shipper needs. */
export interface ShipperOptions {
  readonly spool: Spool
  /** Name of the receiver, one of the spool's, for example `ledger`. */
  readonly receiver: string
  readonly target: { readonly socketPath: string } | { readonly client: SocketClient }
  readonly keys: PartKeys
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
  /** Jitter, 0 to 1; default Math.random. */
  readonly random?: () => number
}

/** Sends a spool's batches to one receiver until it is stopped. */
export interface Shipper {
  /** Ends the sending; `drainMs` (default 0) gives what is on disk that long to get out first. */
  stop(drainMs?: number): Promise<void>
}

/** Uncompressed bytes that a batch aims at; a larger block goes alone. */
export const targetBatchBytes = 2_097_152
const minBatchBytes = 16_384
/** Names that the metrics of shippers know as label; other receivers count as `other`. */
const receiverNames = ['ledger', 'detection', 'collector', 'alerts']

interface State {
  readonly options: ShipperOptions
  readonly reader: SpoolReader
  readonly client: SocketClient
  readonly backoff: Backoff
  readonly batches: Counter
  readonly backlog: Gauge
  readonly labels: Readonly<Record<string, string>>
  maxBytes: number
  stopping: boolean
  /** The last wish of the receiver, to notice that it repeats itself. */
  lastGap: string
  /** Trouble is logged when it starts and when it ends, not at every try. */
  troubled: boolean
  wake: (() => void) | undefined
  /** Blocks became durable since the last read began. */
  hasNews: boolean
  onNews: (() => void) | undefined
}

/** Waits for new data (`ms` undefined) or `ms` milliseconds; `stop` ends both. */
function rest(state: State, ms: number | undefined): Promise<void> {
  if (ms === undefined && state.hasNews) return Promise.resolve()
  return new Promise((resolve) => {
    let timer: Timer | undefined
    const done = (): void => {
      timer?.cancel()
      state.wake = undefined
      state.onNews = undefined
      resolve()
    }
    state.wake = done
    if (ms === undefined) state.onNews = done
    else timer = state.options.clock.after(ms, done)
  })
}

function trouble(state: State, event: string, fields: Record<string, unknown>): void {
  const { log, receiver } = state.options
  if (!state.troubled) log.warn(event, { receiver, ...fields })
  state.troubled = true
}

function worked(state: State): void {
  if (state.troubled) state.options.log.info('ship-recovered', { receiver: state.options.receiver })
  state.troubled = false
  state.lastGap = ''
  state.backoff.reset()
}

/** Moves to where the receiver wants to go on; true: try again at once. */
async function moveTo(state: State, batch: SpoolBatch, expected: number): Promise<boolean> {
  const { spool, log, receiver } = state.options
  const rewound = state.reader.rewind(batch, expected)
  log.info('ship-rewind', {
    receiver,
    epoch: batch.epoch,
    lane: batch.lane,
    first: batch.first,
    expected,
    rewound,
  })
  if (rewound === 'ahead') await spool.renewEpoch(batch)
  const gap = `${batch.epoch} ${batch.lane} ${batch.first} ${expected}`
  const repeated = gap === state.lastGap
  state.lastGap = gap
  return !repeated
}

/** Acts on an answer; returns milliseconds to wait, 0 to go on at once. */
async function act(state: State, batch: SpoolBatch, answer: BatchAnswer): Promise<number> {
  switch (answer.kind) {
    case 'accepted':
      worked(state)
      state.maxBytes = Math.min(targetBatchBytes, state.maxBytes * 2)
      if (answer.through > batch.last) await moveTo(state, batch, answer.through + 1)
      else state.reader.acknowledge(batch, answer.through)
      return 0
    case 'gap':
      return (await moveTo(state, batch, answer.expected)) ? 0 : state.backoff.next()
    case 'too-large':
      trouble(state, 'ship-too-large', { bytes: batch.body.length, blocks: batch.blocks.length })
      state.maxBytes = Math.max(minBatchBytes, state.maxBytes >> 1)
      return batch.blocks.length > 1 ? 0 : state.backoff.next()
    case 'busy':
      trouble(state, 'ship-busy', { retryAfterMs: answer.retryAfterMs })
      return Math.max(answer.retryAfterMs, state.backoff.next())
    case 'refused':
      trouble(state, 'ship-refused', { status: answer.status, why: answer.why })
      return state.backoff.next()
  }
}

/** One round; returns milliseconds to wait, undefined to wait for data. */
async function round(state: State): Promise<number | undefined> {
  state.hasNews = false
  try {
    const batch = await state.reader.next(state.maxBytes)
    state.backlog.set(state.reader.backlog(), state.labels)
    if (batch === undefined) return undefined
    const post = await batchRequest(state.options.spool.agentId, batch, state.options.keys)
    const answer = readBatchAnswer(await state.client.post(post))
    state.batches.inc(1, { ...state.labels, result: answer.kind })
    return await act(state, batch, answer)
  } catch (error) {
    state.batches.inc(1, { ...state.labels, result: 'failed' })
    trouble(state, 'ship-failed', { error })
    return state.backoff.next()
  }
}

async function run(state: State): Promise<void> {
  while (!state.stopping) {
    const waitMs = await round(state)
    if (waitMs !== 0 && !state.stopping) await rest(state, waitMs)
  }
}

async function stop(state: State, loop: Promise<void>, drainMs: number): Promise<void> {
  const { clock } = state.options
  if (drainMs > 0) {
    const deadline = clock.monotonicMs() + drainMs
    while (!state.troubled && state.reader.backlog() > 0 && clock.monotonicMs() < deadline) {
      await new Promise<void>((resolve) => void clock.after(20, resolve))
    }
  }
  state.stopping = true
  state.wake?.()
  state.client.close() // ends a request that waits for an answer; what it sent is resumed by sequence
  await loop
}

/** Starts sending. */
export function startShipper(options: ShipperOptions): Shipper {
  const { metrics, clock } = options
  const state: State = {
    options,
    reader: options.spool.reader(options.receiver),
    client:
      'client' in options.target ? options.target.client : createSocketClient(options.target.socketPath),
    backoff: createBackoff(clock, options.random ?? Math.random),
    batches: metrics.counter('sevenfold_ship_batches_total', 'Batches sent, by answer', {
      receiver: receiverNames,
      result: ['accepted', 'gap', 'too-large', 'busy', 'refused', 'failed'],
    }),
    backlog: metrics.gauge('sevenfold_ship_backlog_events', 'Events not yet acknowledged', {
      receiver: receiverNames,
    }),
    labels: { receiver: options.receiver },
    maxBytes: targetBatchBytes,
    stopping: false,
    lastGap: '',
    troubled: false,
    wake: undefined,
    hasNews: false,
    onNews: undefined,
  }
  const unsubscribe = state.reader.onData(() => {
    state.hasNews = true
    state.onNews?.()
  })
  const loop = run(state).finally(unsubscribe)
  return { stop: (drainMs = 0) => stop(state, loop, drainMs) }
}
