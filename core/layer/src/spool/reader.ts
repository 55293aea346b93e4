import { batchLimits } from '@sevenfold/event'
import type { Lane } from '@sevenfold/event'
import { systemCode } from '../error.ts'
import { lanesInOrder } from './epoch-store.ts'
import type { EpochStore } from './epoch-store.ts'
import type { Positions } from './positions.ts'
import { readBlocks } from './read-blocks.ts'
import type { Cursor, ReadResult } from './read-blocks.ts'
import type { Segment } from './segment-files.ts'
import type { Rewind, SpoolBatch, SpoolReader } from './spool.ts'

/** What a reader needs of its spool. */
export interface ReaderSource {
  /** Oldest first. */
  epochs(): readonly EpochStore[]
  readonly positions: Positions
  /** Writes what waits in memory in the high lane. */
  flushHigh(): Promise<void>
  /** Events in memory. */
  pending(): number
  /** A position grew: acknowledged segments may go. */
  onAcknowledged(): void
  onData(run: () => void): () => void
  /** A segment turned out damaged or missing after `last`. */
  onDamage(damage: SegmentDamage): void
  /** Segments found on disk at the start are checked when they are read. */
  isTrusted(segment: Segment): boolean
}

/** Where a segment is damaged. */
export interface SegmentDamage {
  readonly epoch: EpochStore
  readonly lane: Lane
  readonly segment: Segment
  /** Last good sequence. */
  readonly last: number
  /** Bytes that are still good; 0 when the file is missing. */
  readonly goodBytes: number
}

type Place = Pick<SpoolBatch, 'epoch' | 'lane'>

interface State {
  readonly name: string
  readonly source: ReaderSource
  readonly cursors: Map<string, Cursor & { readonly sequence: number }>
  lastLane: Lane
}

function keyOf(place: Place): string {
  return `${place.epoch} ${place.lane}`
}

function positionOf(state: State, place: Place): number {
  return state.source.positions.get(state.name, place.epoch, place.lane)
}

async function readSegment(
  state: State,
  place: Place,
  options: { segment: Segment; after: number; maxBytes: number },
): Promise<ReadResult> {
  const { segment, after, maxBytes } = options
  const known = state.cursors.get(keyOf(place))
  const cursor = known?.sequence === after && known.path === segment.path ? known : undefined
  try {
    return await readBlocks({
      path: segment.path,
      first: segment.first,
      bytes: segment.bytes,
      after,
      maxBytes,
      maxLines: batchLimits.maxLines,
      maxBlocks: batchLimits.maxBlocks,
      cursor,
      verify: !state.source.isTrusted(segment),
    })
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return { kind: 'damaged', offset: 0, last: segment.first - 1 }
    throw error
  }
}

/** The next batch of one lane: the first segment with something after the position. */
async function nextOfLane(
  state: State,
  epoch: EpochStore,
  options: { lane: Lane; maxBytes: number },
): Promise<SpoolBatch | undefined> {
  const { lane, maxBytes } = options
  const store = epoch.lanes[lane]
  const place = { epoch: epoch.entry.id, lane }
  const after = positionOf(state, place)
  if (epoch.abandoned.has(lane) || store.head().sequence <= after) return undefined
  // A copy: segments can be dropped while a read waits for the disk.
  for (const segment of store.segments.slice()) {
    if (segment.last <= after) continue
    const result = await readSegment(state, place, { segment, after, maxBytes })
    if (result.kind === 'run') {
      const { run } = result
      state.cursors.set(keyOf(place), { ...run.cursor, sequence: run.last })
      const { first, last, blocks, body, previous } = run
      return { ...place, first, last, blocks, body, previous, afterGap: first > after + 1 }
    }
    if (result.kind === 'damaged' && store.segments.includes(segment))
      state.source.onDamage({ epoch, lane, segment, last: result.last, goodBytes: result.offset })
  }
  return undefined
}

/**
 * The lanes take turns, else a slow receiver that always finds something new in `high` would never get to `low`. An
 * epoch begins with `high`, where its epoch event is.
 */
function turnOf(state: State, epoch: EpochStore): readonly Lane[] {
  return hasBegun(state, epoch) && state.lastLane === 'high' ? ['low', 'high'] : lanesInOrder
}

function hasBegun(state: State, epoch: EpochStore): boolean {
  return positionOf(state, { epoch: epoch.entry.id, lane: 'high' }) > 0
}

async function nextBatch(state: State, maxBytes: number): Promise<SpoolBatch | undefined> {
  for (const epoch of state.source.epochs().slice()) {
    for (const lane of turnOf(state, epoch)) {
      const batch = await nextOfLane(state, epoch, { lane, maxBytes })
      if (batch === undefined) continue
      state.lastLane = lane
      if (lane === 'high' || (hasBegun(state, epoch) && !batch.afterGap)) return batch
      // The receiver must hear of an epoch, and of a loss, in `high` before it sees what follows from it in `low`.
      await state.source.flushHigh()
      return (await declaredFirst(state, maxBytes)) ?? batch
    }
  }
  return undefined
}

async function declaredFirst(state: State, maxBytes: number): Promise<SpoolBatch | undefined> {
  for (const epoch of state.source.epochs().slice()) {
    const batch = await nextOfLane(state, epoch, { lane: 'high', maxBytes })
    if (batch !== undefined) return batch
  }
  return undefined
}

function rewind(state: State, place: Place, expected: number): Rewind {
  const epoch = state.source.epochs().find(({ entry }) => entry.id === place.epoch)
  if (epoch === undefined) return 'found' // every receiver has that epoch: nothing of it is left to send
  const store = epoch.lanes[place.lane]
  if (expected > store.head().sequence + 1) return 'ahead'
  state.cursors.delete(keyOf(place))
  state.source.positions.set({ receiver: state.name, ...place }, expected - 1)
  return (store.segments[0]?.first ?? expected) > expected ? 'gone' : 'found'
}

function backlog(state: State): number {
  let count = state.source.pending()
  for (const { entry, lanes, abandoned } of state.source.epochs()) {
    for (const lane of lanesInOrder) {
      if (abandoned.has(lane)) continue
      count += Math.max(0, lanes[lane].head().sequence - positionOf(state, { epoch: entry.id, lane }))
    }
  }
  return count
}

/** The reader of one receiver. */
export function createReader(name: string, source: ReaderSource): SpoolReader {
  const state: State = { name, source, cursors: new Map(), lastLane: 'low' }
  return {
    next: (maxBytes) => nextBatch(state, maxBytes),
    acknowledge: (place, through) => {
      if (through <= positionOf(state, place)) return
      source.positions.set({ receiver: name, epoch: place.epoch, lane: place.lane }, through)
      source.onAcknowledged()
    },
    rewind: (place, expected) => rewind(state, place, expected),
    backlog: () => backlog(state),
    onData: (run) => source.onData(run),
  }
}
