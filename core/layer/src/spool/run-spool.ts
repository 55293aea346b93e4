import { encodeLine, maxLineBytes, sealDraft } from '@sevenfold/event'
import type { EventDraft, Lane, LaneHead, Loss } from '@sevenfold/event'
import type { Timer } from '../clock/clock.ts'
import { systemCode } from '../error.ts'
import type { FolderLock } from '../files/lock-folder.ts'
import { admits, pressureOf } from './admission.ts'
import type { Pressure } from './admission.ts'
import { dropAcknowledged, dropOldestSegment, enforceBudget, isDelivered, laneBytes } from './budget.ts'
import type { Budget, DropContext } from './budget.ts'
import type { EpochStore } from './epoch-store.ts'
import { beginEpoch, removeEpoch } from './epochs.ts'
import { createFold } from './fold.ts'
import type { Fold } from './fold.ts'
import type { LaneStore } from './lane-store.ts'
import { createLaneWriter, maxPendingCharacters } from './lane-writer.ts'
import type { LaneWriter } from './lane-writer.ts'
import { createLosses } from './losses.ts'
import type { Losses } from './losses.ts'
import { epochDraft, lossDraft } from './own-events.ts'
import type { Positions } from './positions.ts'
import { createReader } from './reader.ts'
import type { SegmentDamage } from './reader.ts'
import { linesAfter } from './lines-after.ts'
import type { Segment } from './segment-files.ts'
import { createSpoolMetrics } from './spool-metrics.ts'
import type { SpoolMetrics } from './spool-metrics.ts'
import type { SpoolOptions } from './spool-options.ts'
import type { Spool, SpoolBatch, SpoolReader } from './spool.ts'

/** What opening a spool found. */
export interface OpenedSpool {
  readonly options: SpoolOptions
  readonly lock: FolderLock
  readonly budget: Budget
  readonly positions: Positions
  /** Oldest first; the last one is written to. */
  readonly epochs: EpochStore[]
}

type Writers = Readonly<Record<Lane, LaneWriter>>

interface State extends OpenedSpool {
  readonly metrics: SpoolMetrics
  readonly fold: Fold
  readonly losses: Losses
  readonly listeners: Set<() => void>
  readonly readers: Map<string, SpoolReader>
  /** Segments from before this start; their blocks are checked when they are read. */
  readonly untrusted: Set<Segment>
  readonly drop: DropContext
  writers: Writers
  agent: { readonly id: string; readonly ephemeral_id: string }
  agentJson: string
  /** Head of each lane when this process opened the current epoch. */
  openedAt: Readonly<Record<Lane, number>>
  diskShare: number
  diskFull: boolean
  upkeep: Timer | undefined
  ticks: number
  closed: boolean
}

const upkeepMs = 1000
const lockTouchTicks = 15
const laneLabels = { high: { lane: 'high' }, low: { lane: 'low' } } as const

function current(state: State): EpochStore {
  const epoch = state.epochs.at(-1)
  if (epoch === undefined) throw new Error('a spool always has an epoch')
  return epoch
}

function headOf(store: LaneStore): LaneHead {
  const { sequence, chain } = store.head()
  return { sequence, hash: Buffer.from(chain).toString('hex') }
}

/** Cheap check of a line: one line, not too long. Three bytes a code unit is the most that UTF-8 can need. */
function isLine(text: string): boolean {
  const fits = text.length * 3 <= maxLineBytes || Buffer.byteLength(text) <= maxLineBytes
  return fits && text !== '' && !text.includes('\n')
}

function pressure(state: State): Pressure {
  const memory = state.writers.high.fill()
  // What waits in memory is on disk soon: it counts there too, else a burst would overshoot a small budget.
  const waiting = (memory * maxPendingCharacters) / state.budget.highBytes
  return pressureOf(state.diskShare + waiting, memory)
}

/** Gives up the next sequence of a lane and remembers to declare it. */
function lose(state: State, lane: Lane): void {
  const writer = state.writers[lane]
  const sequence = writer.next()
  writer.skip()
  const reason: Loss['reason'] = state.diskFull ? 'disk-full' : 'overflow'
  state.losses.add(lane, { first: sequence, last: sequence, count: 1 }, reason)
  state.metrics.lost.inc(1, { lane, reason })
}

function declare(
  state: State,
  lane: Lane,
  range: { first: number; last: number; count: number; reason: Loss['reason'] },
): void {
  state.losses.add(lane, range, range.reason)
  state.metrics.lost.inc(range.count, { lane, reason: range.reason })
}

/** Queues a line; hot path: no closure and no label object is made here. */
function push(state: State, lane: Lane, text: string): void {
  if (!isLine(text)) {
    state.metrics.refused.inc()
    return
  }
  state.writers[lane].push(text)
  state.metrics.events[lane].inc()
}

function pushDraft(state: State, draft: EventDraft): void {
  const { lane } = draft.sevenfold
  const writer = state.writers[lane]
  if (writer.fill() >= 1) lose(state, lane)
  else push(state, lane, encodeLine(sealDraft(draft, state.agent, writer.next())))
}

function unusable(state: State, error: unknown): void {
  // A draft that cannot become JSON is a bug of the caller; the request that it tells of goes on.
  state.metrics.refused.inc()
  state.options.log.error('spool-event-unusable', { error })
}

function append(state: State, draft: EventDraft): void {
  try {
    if (state.closed) state.metrics.refused.inc()
    else if (draft.sevenfold.lane === 'low') pushDraft(state, draft)
    else appendHigh(state, draft)
  } catch (error) {
    unusable(state, error)
  }
}

function appendHigh(state: State, draft: EventDraft): void {
  const level = pressure(state)
  if (!state.fold.admit(draft, level !== 'normal')) state.metrics.folded.inc()
  else if (admits(level, draft)) pushDraft(state, draft)
  else lose(state, 'high')
}

function appendLine(state: State, lane: Lane, line: Parameters<Spool['appendLine']>[1]): void {
  try {
    const to = lane === 'high' && pressure(state) !== 'normal' ? 'low' : lane
    const writer = state.writers[to]
    if (state.closed) state.metrics.refused.inc()
    else if (writer.fill() >= 1) lose(state, to)
    else push(state, to, line(writer.next(), state.agentJson, to))
  } catch (error) {
    unusable(state, error)
  }
}

function emitCounted(state: State, draft: EventDraft): void {
  try {
    pushDraft(state, draft)
  } catch (error) {
    unusable(state, error)
  }
}

/** Declares losses in the high lane, past its admission: they are few, and they explain gaps. */
function declareLosses(state: State): void {
  if (state.losses.isEmpty() || state.writers.high.fill() >= 1) return
  const now = state.options.clock.now()
  for (const loss of state.losses.take()) pushDraft(state, lossDraft(state.options.agentId, now, loss))
}

function onDurable(state: State): void {
  if (state.diskFull) {
    state.diskFull = false
    state.metrics.full.set(0)
    state.options.log.info('spool-disk-recovered')
  }
  enforceBudget(state.drop, state.budget)
  measure(state)
  for (const run of state.listeners) run()
}

function measure(state: State): void {
  const high = laneBytes(state.epochs, 'high')
  state.diskShare = high / state.budget.highBytes
  state.metrics.bytes.set(high, laneLabels.high)
  state.metrics.bytes.set(laneBytes(state.epochs, 'low'), laneLabels.low)
}

function onWriteError(state: State, lane: Lane, error: unknown): boolean {
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

function startWriters(state: State, epoch: EpochStore): Writers {
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
function enter(state: State, epoch: EpochStore): void {
  state.agent = { id: state.options.agentId, ephemeral_id: epoch.entry.id }
  state.agentJson = JSON.stringify(state.agent)
  state.writers = startWriters(state, epoch)
  const { high, low } = epoch.lanes
  state.openedAt = { high: high.head().sequence, low: low.head().sequence }
  if (state.writers.high.next() > 1) return
  const { reason, previous } = epoch.entry
  const facts = { reason, ...(previous === undefined ? {} : { previous }) }
  pushDraft(state, epochDraft(state.options.agentId, state.options.clock.now(), facts))
}

function onAcknowledged(state: State): void {
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

function onDamage(state: State, { epoch, lane, segment, last, goodBytes }: SegmentDamage): void {
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

function savePositions(state: State): void {
  try {
    state.positions.save()
  } catch (error) {
    state.options.log.warn('spool-positions-not-saved', { error }) // receivers know duplicates when they see them
  }
}

function armUpkeep(state: State): void {
  state.upkeep = state.options.clock.after(upkeepMs, () => {
    state.ticks += 1
    declareLosses(state)
    savePositions(state)
    if (state.ticks % lockTouchTicks === 0) state.lock.touch()
    armUpkeep(state)
  })
}

async function flush(state: State): Promise<void> {
  declareLosses(state)
  await Promise.all([state.writers.high.flush(), state.writers.low.flush()])
}

async function renewEpoch(state: State, lost: Pick<SpoolBatch, 'epoch' | 'lane'>): Promise<void> {
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

function readerOf(state: State, name: string): SpoolReader {
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

async function close(state: State): Promise<void> {
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

function createState(opened: OpenedSpool): State {
  const { options, epochs, positions } = opened
  const losses = createLosses()
  const metrics = createSpoolMetrics(options.metrics)
  const state: State = {
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
