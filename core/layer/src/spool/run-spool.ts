import type { Lane, LaneHead } from '@sevenfold/event'
import { systemCode } from '../error.ts'
import { append, appendLine, declare, declareLosses, emitCounted, pushDraft } from './append.ts'
import {
  dropAcknowledged,
  dropOldestSegment,
  enforceBudget,
  isDelivered,
  laneBytes,
  unsentHighBytes,
} from './budget.ts'
import type { EpochStore } from './epoch-store.ts'
import { beginEpoch, removeEpoch } from './epochs.ts'
import { createFold } from './fold.ts'
import type { LaneStore } from './lane-store.ts'
import { createLaneWriter } from './lane-writer.ts'
import type { LaneWriter } from './lane-writer.ts'
import { linesAfter } from './lines-after.ts'
import { createLosses } from './losses.ts'
import { epochDraft } from './own-events.ts'
import { createReader } from './reader.ts'
import type { SegmentDamage } from './reader.ts'
import type { Segment } from './segment-files.ts'
import { createSpoolMetrics } from './spool-metrics.ts'
import type { OpenedSpool, SpoolState, Writers } from './spool-state.ts'
import type { Spool, SpoolBatch, SpoolReader } from './spool.ts'

const upkeepMs = 1000
const lockTouchTicks = 15
const laneLabels = { high: { lane: 'high' }, low: { lane: 'low' } } as const

function current(state: SpoolState): EpochStore {
  const epoch = state.epochs.at(-1)
  if (epoch === undefined) throw new Error('a spool always has an epoch')
  return epoch
}

function headOf(store: LaneStore): LaneHead {
  const { sequence, chain } = store.head()
  return { sequence, hash: Buffer.from(chain).toString('hex') }
}

function onDurable(state: SpoolState): void {
  if (state.diskFull) {
    state.diskFull = false
    state.metrics.full.set(0)
    state.options.log.info('spool-disk-recovered')
  }
  enforceBudget(state.drop, state.budget)
  measure(state)
  for (const run of state.listeners) run()
}

function measure(state: SpoolState): void {
  state.diskShare = unsentHighBytes(state.drop) / state.budget.highBytes
  state.metrics.bytes.set(laneBytes(state.epochs, 'high'), laneLabels.high)
  state.metrics.bytes.set(laneBytes(state.epochs, 'low'), laneLabels.low)
}

function onWriteError(state: SpoolState, lane: Lane, error: unknown): boolean {
  state.metrics.writeErrors.inc()
  const code = systemCode(error)
  const isFull = code === 'ENOSPC' || code === 'EDQUOT'
  if (isFull && !state.diskFull) {
    state.diskFull = true
    state.metrics.full.set(1)
    const hint =
      'free space, or give the data folder another disk; events wait in memory and losses are declared'
    state.options.log.error('spool-disk-full', { folder: state.options.folder, hint })
  } else if (!isFull) state.options.log.error('spool-write-failed', { lane, error })
  return isFull && dropOldestSegment(state.drop, 'low', { reason: 'disk-full', onlyIfKept: false })
}

function startWriters(state: SpoolState, epoch: EpochStore): Writers {
  const writer = (lane: Lane): LaneWriter =>
    createLaneWriter({
      store: epoch.lanes[lane],
      clock: state.options.clock,
      onDurable: () => onDurable(state),
      onWriteError: (error) => onWriteError(state, lane, error),
    })
  return { high: writer('high'), low: writer('low') }
}

/** Makes `epoch` the one that is written to; its first event says why it began. */
function enter(state: SpoolState, epoch: EpochStore): void {
  state.agent = { id: state.options.agentId, ephemeral_id: epoch.entry.id }
  const { host } = state.options
  state.agentJson = JSON.stringify(state.agent)
  // Prebuilt lines put this text behind `"agent":`; the host rides along and costs the hot path nothing.
  if (host !== undefined) state.agentJson += `,"host":${JSON.stringify({ name: host })}`
  state.writers = startWriters(state, epoch)
  const { high, low } = epoch.lanes
  state.openedAt = { high: high.head().sequence, low: low.head().sequence }
  if (state.writers.high.next() > 1) return
  const { reason, previous } = epoch.entry
  const facts = { reason, ...(previous === undefined ? {} : { previous }) }
  pushDraft(state, epochDraft(state.options.agentId, state.options.clock.now(), facts))
}

function onAcknowledged(state: SpoolState): void {
  dropAcknowledged(state.drop)
  for (const epoch of state.epochs.slice(0, -1)) {
    if (!isDelivered(state.drop, epoch)) continue
    try {
      state.positions.forget(epoch.entry.id)
      removeEpoch(state.options, state.epochs, epoch)
    } catch (error) {
      state.options.log.error('spool-epoch-removal-failed', { error })
    }
  }
  measure(state)
}

function onDamage(state: SpoolState, { epoch, lane, segment, last, goodBytes }: SegmentDamage): void {
  const lowest = state.positions.lowest(epoch.entry.id, lane)
  const first = Math.max(last + 1, lowest + 1)
  state.options.log.error('spool-segment-damaged', { path: segment.path, first, last: segment.last })
  if (first <= segment.last)
    declare(state, lane, {
      first,
      last: segment.last,
      count: segment.last - first + 1,
      reason: 'corrupt-tail',
    })
  epoch.lanes[lane].discard(segment, last, goodBytes)
}

function savePositions(state: SpoolState): void {
  try {
    state.positions.save()
  } catch (error) {
    state.options.log.warn('spool-positions-not-saved', { error }) // receivers know duplicates when they see them
  }
}

function armUpkeep(state: SpoolState): void {
  state.upkeep = state.options.clock.after(upkeepMs, () => {
    state.ticks += 1
    declareLosses(state)
    savePositions(state)
    if (state.ticks % lockTouchTicks === 0) state.lock.touch()
    armUpkeep(state)
  })
}

async function flush(state: SpoolState): Promise<void> {
  declareLosses(state)
  await Promise.all([state.writers.high.flush(), state.writers.low.flush()])
}

async function renewEpoch(state: SpoolState, lost: Pick<SpoolBatch, 'epoch' | 'lane'>): Promise<void> {
  const old = state.epochs.find(({ entry }) => entry.id === lost.epoch)
  if (old === undefined || old.abandoned.has(lost.lane)) return
  const wasCurrent = old === current(state)
  const { writers, openedAt } = state
  old.abandoned.add(lost.lane)
  state.options.log.error('spool-tail-lost', { epoch: lost.epoch, lane: lost.lane })
  if (!wasCurrent) return
  const next = beginEpoch(state.options, state.epochs, { reason: 'tail-lost', budget: state.budget })
  enter(state, next)
  await Promise.all([writers.high.flush(), writers.low.flush()])
  writers.high.close()
  writers.low.close()
  // Their identities are taken by other events at that receiver: they get new ones.
  for (const draft of await linesAfter(old.lanes[lost.lane], openedAt[lost.lane])) append(state, draft)
}

function readerOf(state: SpoolState, name: string): SpoolReader {
  const known = state.readers.get(name)
  if (known !== undefined) return known
  const reader = createReader(name, {
    epochs: () => state.epochs,
    positions: state.positions,
    flushHigh: () => {
      declareLosses(state)
      return state.writers.high.flush()
    },
    pending: () => state.writers.high.pending() + state.writers.low.pending(),
    onAcknowledged: () => onAcknowledged(state),
    onData: (run) => {
      state.listeners.add(run)
      return () => void state.listeners.delete(run)
    },
    onDamage: (damage) => onDamage(state, damage),
    isTrusted: (segment) => !state.untrusted.has(segment),
  })
  state.readers.set(name, reader)
  return reader
}

async function close(state: SpoolState): Promise<void> {
  if (state.closed) return
  state.fold.flush()
  state.closed = true
  state.fold.close()
  state.upkeep?.cancel()
  await flush(state)
  for (const lane of ['high', 'low'] as const) state.writers[lane].close()
  for (const { lanes } of state.epochs) {
    lanes.high.close()
    lanes.low.close()
  }
  savePositions(state)
  state.lock.release()
}

function closedSegments(epochs: readonly EpochStore[]): Set<Segment> {
  const all = epochs.flatMap(({ lanes }) => [lanes.high, lanes.low])
  return new Set(all.flatMap((store) => store.segments.slice(0, -1))) // opening checked the last one
}

function createState(opened: OpenedSpool): SpoolState {
  const { options, epochs, positions } = opened
  const losses = createLosses()
  const metrics = createSpoolMetrics(options.metrics)
  const state: SpoolState = {
    ...opened,
    metrics,
    losses,
    fold: createFold({ clock: options.clock, emit: (draft) => emitCounted(state, draft) }),
    listeners: new Set(),
    readers: new Map(),
    untrusted: closedSegments(epochs),
    drop: {
      epochs,
      positions,
      hasReceivers: options.receivers.length > 0,
      declare: (lane, range, reason) => declare(state, lane, { ...range, reason }),
    },
    // `enter` sets these four before anything reads them.
    writers: undefined as unknown as Writers,
    agent: { id: '', ephemeral_id: '' },
    agentJson: '',
    openedAt: { high: 0, low: 0 },
    diskShare: 0,
    diskFull: false,
    upkeep: undefined,
    ticks: 0,
    closed: false,
  }
  return state
}

/** Starts the writers and the upkeep of an opened spool. */
export async function runSpool(opened: OpenedSpool): Promise<Spool> {
  const state = createState(opened)
  enter(state, current(state))
  for (const epoch of state.epochs) {
    for (const lane of ['high', 'low'] as const) {
      const { damage } = epoch.lanes[lane]
      if (damage === undefined) continue
      const count = damage.last - damage.first + 1
      declare(state, lane, { ...damage, count, reason: 'corrupt-tail' })
    }
  }
  measure(state)
  await flush(state)
  armUpkeep(state)
  return {
    agentId: opened.options.agentId,
    get epoch() {
      return state.agent.ephemeral_id
    },
    append: (draft) => append(state, draft),
    appendLine: (lane, line) => appendLine(state, lane, line),
    flush: () => flush(state),
    heads: () => ({ high: headOf(current(state).lanes.high), low: headOf(current(state).lanes.low) }),
    reader: (name) => readerOf(state, name),
    renewEpoch: (lost) => renewEpoch(state, lost),
    bytes: () => laneBytes(state.epochs, 'high') + laneBytes(state.epochs, 'low'),
    close: () => close(state),
  }
}
