import { join } from 'node:path'
import { encodeLine, maxLineBytes, sealDraft, uuidV7 } from '@sevenfold/event'
import type { EventDraft, Lane, LaneHead } from '@sevenfold/event'
import type { Clock } from '../clock/clock.ts'
import { ensurePrivateFolder } from '../files/private-folder.ts'
import type { Logger } from '../log/logger.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { openLaneStore } from './lane-store.ts'
import type { LaneStore } from './lane-store.ts'
import { createLaneWriter } from './lane-writer.ts'
import type { LaneWriter } from './lane-writer.ts'
import type { Spool, SpoolReader } from './spool.ts'

/** What a spool needs. */
export interface SpoolOptions {
  /** Folder of this spool alone, for example `data/edge/spool/w0`. */
  readonly folder: string
  /** `<part>/<slot>`. */
  readonly agentId: string
  /** Names of the receivers; a segment goes when all of them have it. */
  readonly receivers: readonly string[]
  /** Bytes on disk for both lanes together; default 64 MiB. */
  readonly budgetBytes?: number
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
}

interface LaneState {
  readonly store: LaneStore
  readonly writer: LaneWriter
}

function headOf(store: LaneStore): LaneHead {
  const { sequence, chain } = store.head()
  return { sequence, hash: Buffer.from(chain).toString('hex') }
}

function isLine(text: string): boolean {
  const fits = text.length * 3 <= maxLineBytes || Buffer.byteLength(text) <= maxLineBytes
  return fits && text !== '' && !text.includes('\n')
}

/** Opens a spool, repairs its tail, and starts an epoch where there is none. */
// oxlint-disable-next-line typescript/require-await -- the interface leaves room for waiting on the lock
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  ensurePrivateFolder(options.folder)
  const epoch = uuidV7()
  const listeners = new Set<() => void>()
  const openLane = (lane: Lane): LaneState => {
    const store = openLaneStore({
      folder: join(options.folder, epoch, lane),
      agent: options.agentId,
      epoch,
      lane,
      segmentBytes: 4_194_304,
    })
    const writer = createLaneWriter({
      lane,
      store,
      clock: options.clock,
      onDurable: () => listeners.forEach((run) => run()),
      onWriteError: (error) => {
        options.log.error('spool-write-failed', { error })
        return false
      },
    })
    return { store, writer }
  }
  const lanes = { high: openLane('high'), low: openLane('low') }
  const agent = { id: options.agentId, ephemeral_id: epoch }
  const agentJson = JSON.stringify(agent)
  const refused = options.metrics.counter(
    'sevenfold_spool_refused_lines_total',
    'Lines that are no event line',
  )
  const appended = options.metrics.counter('sevenfold_spool_events_total', 'Events queued', {
    lane: ['high', 'low'],
  })
  const highLabel = { lane: 'high' }
  const lowLabel = { lane: 'low' }
  const push = (lane: Lane, build: (sequence: number) => string): void => {
    const { writer } = lanes[lane]
    if (!writer.hasRoom()) {
      writer.skip()
      return
    }
    try {
      const text = build(writer.next())
      if (isLine(text)) {
        writer.push(text)
        appended.inc(1, lane === 'high' ? highLabel : lowLabel)
      } else refused.inc()
    } catch (error) {
      refused.inc()
      options.log.error('spool-event-unusable', { error })
    }
  }
  const nothing: SpoolReader = {
    next: () => Promise.resolve(undefined),
    acknowledge: () => undefined,
    rewind: () => 'found',
    backlog: () => lanes.high.writer.pending() + lanes.low.writer.pending(),
    onData: (run) => {
      listeners.add(run)
      return () => void listeners.delete(run)
    },
  }
  return {
    agentId: options.agentId,
    epoch,
    append: (draft: EventDraft) =>
      push(draft.sevenfold.lane, (sequence) => encodeLine(sealDraft(draft, agent, sequence))),
    appendLine: (lane, line) => push(lane, (sequence) => line(sequence, agentJson, lane)),
    flush: async () => {
      await Promise.all([lanes.high.writer.flush(), lanes.low.writer.flush()])
    },
    heads: () => ({ high: headOf(lanes.high.store), low: headOf(lanes.low.store) }),
    reader: () => nothing,
    renewEpoch: () => Promise.resolve(),
    bytes: () => lanes.high.store.bytes() + lanes.low.store.bytes(),
    close: async () => {
      await Promise.all([lanes.high.writer.flush(), lanes.low.writer.flush()])
      for (const { store, writer } of [lanes.high, lanes.low]) {
        writer.close()
        store.close()
      }
    },
  }
}
