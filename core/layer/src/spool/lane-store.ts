import {
  closeSync,
  fdatasync,
  ftruncateSync,
  mkdirSync,
  openSync,
  rmSync,
  statSync,
  truncateSync,
  write,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { chainSeed } from '@sevenfold/event'
import type { Lane } from '@sevenfold/event'
import { syncDirectory } from '../files/write-atomic.ts'
import { encodeBlock, segmentHeader } from './block.ts'
import { listSegments, scanSegment, segmentName } from './segment-files.ts'
import type { Segment } from './segment-files.ts'

const writeAt = promisify(write)
const syncData = promisify(fdatasync)

/** Which lane of which epoch, and where it stands. */
export interface LaneStoreOptions {
  readonly folder: string
  readonly agent: string
  readonly epoch: string
  readonly lane: Lane
  /** A segment is closed at this many bytes. */
  readonly segmentBytes: number
}

/** A head in bytes instead of hex. */
export interface Head {
  readonly sequence: number
  readonly chain: Uint8Array
}

/** What opening found: undefined means a clean or merely torn tail. */
export interface TailDamage {
  /** First sequence that is gone. */
  readonly first: number
  /** Last sequence that is known to have existed. */
  readonly last: number
}

/** The segments of one lane of one epoch on disk. Owned by one writer; appends must not overlap. */
export interface LaneStore {
  readonly segments: readonly Segment[]
  head(): Head
  readonly damage: TailDamage | undefined
  /** Appends one block and makes it durable: one write, one fdatasync. Rejects with the file system's error. */
  append(first: number, lines: readonly string[]): Promise<void>
  /** Closes the current segment, so that it can be dropped; the next append starts a new one. */
  roll(): void
  /** Removes the oldest segment; only when it is not the only one. */
  dropOldest(): void
  /** Gives up what stands after `last` in a damaged segment, or all of it when `goodBytes` is 0. */
  discard(segment: Segment, last: number, goodBytes: number): void
  bytes(): number
  close(): void
}

interface State {
  readonly options: LaneStoreOptions
  readonly segments: Segment[]
  head: Head
  fd: number | undefined
  /** The next append must start a new segment. */
  rolled: boolean
  bytes: number
}

/** Opens the current segment for writing at its durable end, cutting off whatever a failed write left behind it. */
function openCurrent(state: State): number {
  if (state.fd !== undefined) return state.fd
  const current = state.segments.at(-1)
  if (current === undefined) throw new Error('a lane has a segment before it is written')
  const fd = openSync(current.path, 'r+')
  try {
    ftruncateSync(fd, current.bytes)
  } catch (error) {
    closeSync(fd)
    throw error
  }
  state.fd = fd
  return fd
}

function closeCurrent(state: State): void {
  if (state.fd === undefined) return
  closeSync(state.fd)
  state.fd = undefined
}

async function writeAll(fd: number, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0
  while (done < bytes.length) {
    const { bytesWritten } = await writeAt(fd, bytes, done, bytes.length - done, position + done)
    done += bytesWritten
  }
  await syncData(fd)
}

function discard(state: State, segment: Segment, good: { last: number; bytes: number }): void {
  const index = state.segments.indexOf(segment)
  if (index < 0) return
  if (index === state.segments.length - 1) {
    closeCurrent(state)
    state.rolled = true // never append behind damage
  }
  state.bytes -= segment.bytes - good.bytes
  segment.bytes = good.bytes
  segment.last = good.last
  if (good.bytes > 0) return
  state.segments.splice(index, 1)
  rmSync(segment.path, { force: true })
}

/** Starts a segment after the head. Its header carries the chain, so that older segments can go. */
async function startSegment(state: State, first: number): Promise<void> {
  closeCurrent(state)
  const { folder, agent, epoch, lane } = state.options
  mkdirSync(folder, { recursive: true, mode: 0o700 }) // somebody may have removed it under us
  const path = join(folder, segmentName(first))
  const previous = Buffer.from(state.head.chain).toString('hex')
  const header = Buffer.from(segmentHeader({ agent, epoch, lane, first, previous }), 'latin1')
  const fd = openSync(path, 'w+', 0o600)
  try {
    await writeAll(fd, header, 0)
    syncDirectory(folder)
  } catch (error) {
    closeSync(fd)
    rmSync(path, { force: true })
    throw error
  }
  state.fd = fd
  state.rolled = false
  state.segments.push({ path, first, last: first - 1, bytes: header.length })
  state.bytes += header.length
}

async function appendBlock(state: State, first: number, lines: readonly string[]): Promise<void> {
  const current = state.segments.at(-1)
  if (current === undefined || state.rolled || current.bytes >= state.options.segmentBytes)
    await startSegment(state, first)
  const fd = openCurrent(state)
  const segment = state.segments.at(-1)
  if (segment === undefined) throw new Error('a lane has a segment before it is written')
  const block = encodeBlock(first, lines, state.head.chain)
  try {
    await writeAll(fd, block.bytes, segment.bytes)
  } catch (error) {
    closeCurrent(state) // the next append opens it again and cuts the torn block off
    throw error
  }
  segment.bytes += block.bytes.length
  state.bytes += block.bytes.length
  segment.last = first + lines.length - 1
  state.head = { sequence: segment.last, chain: block.chain }
}

/**
 * Finds the last good block of the newest segment and cuts a torn one off. A segment file whose first line is not
 * whole was never used and is removed.
 */
function recover(state: State): TailDamage | undefined {
  let damage: TailDamage | undefined
  for (let segment = state.segments.at(-1); segment !== undefined; segment = state.segments.at(-1)) {
    const scan = scanSegment(segment.path)
    if (scan.head === undefined) {
      if (scan.damaged) damage = { first: segment.first, last: scan.claimed }
      rmSync(segment.path, { force: true })
      state.segments.pop()
      continue
    }
    if (scan.damaged) damage = { first: scan.last + 1, last: scan.claimed }
    if (scan.goodBytes < scan.fileBytes) truncateSync(segment.path, scan.goodBytes)
    segment.last = scan.last
    segment.bytes = scan.goodBytes
    state.head = { sequence: scan.last, chain: scan.chain }
    break
  }
  return damage
}

/** Opens a lane of an epoch and repairs its tail. Throws what the file system throws. */
export function openLaneStore(options: LaneStoreOptions): LaneStore {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 })
  const listed = listSegments(options.folder)
  const segments: Segment[] = listed.map(({ path, first }, index) => ({
    path,
    first,
    last: (listed[index + 1]?.first ?? first) - 1,
    bytes: statSync(path).size,
  }))
  const head: Head = { sequence: 0, chain: chainSeed(options.agent, options.epoch, options.lane) }
  const state: State = { options, segments, head, fd: undefined, rolled: false, bytes: 0 }
  const damage = recover(state)
  state.bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0)
  return {
    segments,
    head: () => state.head,
    damage,
    append: (first, lines) => appendBlock(state, first, lines),
    roll: () => void (state.rolled = true),
    dropOldest: () => {
      const oldest = segments[0]
      if (oldest === undefined || segments.length < 2) return
      discard(state, oldest, { last: oldest.first - 1, bytes: 0 })
    },
    discard: (segment, last, goodBytes) => discard(state, segment, { last, bytes: goodBytes }),
    bytes: () => state.bytes,
    close: () => closeCurrent(state),
  }
}
