import { closeSync, copyFileSync, fdatasyncSync, ftruncateSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { ensurePrivateFolder } from '@sevenfold/layer'
import { TileTree, leafHash, sameHash } from '@sevenfold/merkle'
import type { Checkpoint, Tile } from '@sevenfold/merkle'
import { LedgerError } from '../ledger-error.ts'
import { openSegment } from '../segments/open-segment.ts'
import { listSegments, segmentBytes, segmentName } from '../segments/segment-name.ts'
import { SegmentReader, oldestPosition } from '../segments/segment-reader.ts'
import type { SegmentLine, SegmentPosition } from '../segments/segment-reader.ts'
import { identityOfLine } from '../state/line-identity.ts'
import { readSnapshot } from '../state/snapshot.ts'
import { WriterPositions } from '../state/writer-positions.ts'
import type { LogFolder } from './log-folder.ts'
import { finishPacking } from './segment-packer.ts'
import { TileStore } from './tile-store.ts'

/** The state of a log after a start. */
export interface RecoveredLog {
  readonly position: SegmentPosition
  readonly tree: TileTree
  readonly writers: WriterPositions
  /** Partial tiles on disk that the next checkpoint replaces. */
  readonly partials: readonly Tile[]
  /** Bytes of a torn write that were cut off the end; never acknowledged. */
  readonly cutBytes: number
  /** True when the snapshot was of no use and everything was read. */
  readonly rebuilt: boolean
}

interface Start {
  readonly position: SegmentPosition
  readonly tree: TileTree
  readonly writers: WriterPositions
  readonly rebuilt: boolean
}

const hint =
  'run sevenfold ledger verify; restore data/ledger from a copy, or move it away to begin a new log'

async function lengthOf(folder: string, segment: number): Promise<number> {
  const content = await openSegment(folder, segment)
  try {
    return (await content?.length()) ?? 0
  } finally {
    await content?.close()
  }
}

async function startOf(folder: LogFolder): Promise<Start> {
  const snapshot = readSnapshot(folder.snapshot)
  if (snapshot !== undefined) {
    const { position } = snapshot
    if ((await lengthOf(folder.segments, position.segment)) >= position.offset) {
      const tree = TileTree.restore(position.index, snapshot.edges)
      return { position, tree, writers: new WriterPositions(snapshot.writers), rebuilt: false }
    }
    const name = segmentName(position.segment)
    throw new LedgerError('LEDGER_ROLLED_BACK', `segment ${name} is shorter than at the last checkpoint`, {
      hint,
    })
  }
  const position = oldestPosition(folder.segments)
  const tree = new TileStore(folder.root).restore(position.index)
  if (tree === undefined) {
    throw new LedgerError('LEDGER_CORRUPT', `tiles below entry ${position.index} are missing`, { hint })
  }
  return { position, tree, writers: new WriterPositions(), rebuilt: true }
}

/** Takes one line into the state; false when it is no event. */
function takeLine(start: Start, line: SegmentLine): boolean {
  const identity = identityOfLine(line.bytes)
  if (identity === undefined) return false
  start.tree.append(leafHash(line.bytes))
  // The chain hash covers blocks, which segments do not keep: it is unknown until the writer's next batch.
  start.writers.advance({ ...identity, hash: '' })
  return true
}

/** Reads everything after the start; returns where the good lines end. */
async function readTail(
  folder: LogFolder,
  start: Start,
  signed: Checkpoint | undefined,
): Promise<SegmentPosition> {
  const reader = new SegmentReader(folder.segments, start.position)
  checkRoot(start.tree, signed)
  try {
    for (;;) {
      const { lines, state } = await reader.read()
      for (const line of lines) {
        if (!takeLine(start, line)) return line
        checkRoot(start.tree, signed)
      }
      if (lines.length === 0 && state !== 'more') return reader.position
    }
  } finally {
    await reader.close()
  }
}

function checkRoot(tree: TileTree, signed: Checkpoint | undefined): void {
  if (signed === undefined || tree.size !== signed.size || sameHash(tree.root(), signed.root)) return
  throw new LedgerError('LEDGER_CORRUPT', `the ${signed.size} entries do not have the root that was signed`, {
    hint,
  })
}

function checkSize(tree: TileTree, signed: Checkpoint | undefined, start: Start): void {
  if (signed === undefined) return
  if (tree.size < signed.size || (!start.rebuilt && signed.size < start.position.index)) {
    throw new LedgerError(
      'LEDGER_ROLLED_BACK',
      `${tree.size} entries are left of ${signed.size} that were signed, or the checkpoint is older than the log`,
      { hint },
    )
  }
}

/** Cuts what a torn write left after the last good line, and keeps a copy of the whole segment's end for a look. */
function cutTail(folder: LogFolder, end: SegmentPosition): number {
  const segments = listSegments(folder.segments)
  const last = segments.at(-1)
  if (last === undefined) return 0
  if (last.first !== end.segment) {
    throw new LedgerError('LEDGER_CORRUPT', `entry ${end.index} in ${segmentName(end.segment)} is no event`, {
      hint,
    })
  }
  // Packed segments end where they did when they were sealed.
  if (last.packed) return 0
  const cutBytes = segmentBytes(last) - end.offset
  if (cutBytes > 0) {
    ensurePrivateFolder(folder.cut)
    copyFileSync(last.path, join(folder.cut, `${segmentName(last.first)}.${end.offset}`))
  }
  const fd = openSync(last.path, 'r+')
  try {
    if (cutBytes > 0) ftruncateSync(fd, end.offset)
    // Lines that a killed process had written but not synced count from now on, so they must be durable.
    fdatasyncSync(fd)
  } finally {
    closeSync(fd)
  }
  return cutBytes
}

/** Where the next line is written: nothing is added to a segment that is packed, so after one a new one begins. */
export function writeFrom(segments: string, { segment, offset, index }: SegmentPosition): SegmentPosition {
  const last = listSegments(segments).at(-1)
  return last?.packed === true && last.first === segment
    ? { segment: index, offset: 0, index }
    : { segment, offset, index }
}

/**
 * Brings a log back after a stop, a crash or a loss of its snapshot: reads what came after the snapshot, cuts a torn
 * tail, checks the signed root on the way.
 * @throws LedgerError LEDGER_CORRUPT, LEDGER_ROLLED_BACK when less is there than was signed: then nothing is changed.
 */
export async function recoverLog(folder: LogFolder, signed: Checkpoint | undefined): Promise<RecoveredLog> {
  const start = await startOf(folder)
  const partials = start.tree.partialTiles()
  const end = await readTail(folder, start, signed)
  checkSize(start.tree, signed, start)
  const cutBytes = cutTail(folder, end)
  await finishPacking(folder)
  return {
    position: writeFrom(folder.segments, end),
    tree: start.tree,
    writers: start.writers,
    partials,
    cutBytes,
    rebuilt: start.rebuilt,
  }
}
