import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { ensurePrivateFolder } from '@sevenfold/layer'
import { digestOf, packSegment } from '../segments/pack-segment.ts'
import type { PackedSegmentSize } from '../segments/pack-segment.ts'
import { openPacked } from '../segments/packed-segment.ts'
import { openSegment } from '../segments/open-segment.ts'
import { listSegments } from '../segments/segment-name.ts'
import type { LogFolder } from './log-folder.ts'

/** Which segments may be packed now. */
export interface PackLimits {
  /** Entries that a checkpoint covers. */
  readonly signedSize: number
  /** Segments written to after this time (ms since 1970) stay as they are: those who follow the log still read them. */
  readonly settledBeforeMs: number
  readonly signal?: AbortSignal
}

/** Stores closed segments as gzip, the oldest first and one a call. */
export class SegmentPacker {
  readonly #folder: string
  /** Segments that cannot be packed; not tried again before the next start. */
  readonly #refused = new Set<number>()

  /** `folder` is that of the segments. */
  constructor(folder: string) {
    this.#folder = folder
  }

  /**
   * Packs the oldest segment that is closed, settled and covered by a checkpoint with more entries; undefined when there is none.
   * Throws what the file system throws; the segment is then as it was.
   */
  async packNext({
    signedSize,
    settledBeforeMs,
    signal,
  }: PackLimits): Promise<PackedSegmentSize | undefined> {
    const segments = listSegments(this.#folder)
    const next = segments.findIndex(({ first, packed }) => !packed && !this.#refused.has(first))
    const [segment, following] = [segments[next], segments[next + 1]]
    // A snapshot may stand at the end of a segment whose successor holds nothing signed yet: that one stays.
    if (segment === undefined || following === undefined || following.first >= signedSize) return undefined
    const writtenMs = statSync(segment.path, { throwIfNoEntry: false })?.mtimeMs
    if (writtenMs === undefined || writtenMs > settledBeforeMs) return undefined
    const packed = await packSegment(this.#folder, segment.first, signal)
    if (packed === undefined && signal?.aborted !== true) this.#refused.add(segment.first)
    return packed
  }
}

async function holdsTheSame(segments: string, first: number, packed: string): Promise<boolean> {
  const plain = await openSegment(segments, first)
  try {
    const content = await openPacked(await open(packed, 'r'), packed)
    try {
      return plain !== undefined && (await digestOf(plain)) === (await digestOf(content))
    } finally {
      await content.close()
    }
  } catch {
    return false // damaged: then it does not
  } finally {
    await plain?.close()
  }
}

/**
 * Ends what a killed process left of packing: removes half-written files, and the plain one of a segment that is there in both forms. When the
 * two differ, the packed one was not made by us from the other: it goes to `cut`, for a look.
 */
export async function finishPacking({ segments, cut }: Pick<LogFolder, 'segments' | 'cut'>): Promise<void> {
  if (!existsSync(segments)) return
  for (const name of readdirSync(segments))
    if (name.endsWith('.ndjson.gz.tmp')) rmSync(join(segments, name), { force: true })
  for (const { first, path, packed } of listSegments(segments)) {
    const other = `${path}.gz`
    if (packed || !existsSync(other)) continue
    if (await holdsTheSame(segments, first, other)) rmSync(path, { force: true })
    else {
      ensurePrivateFolder(cut)
      renameSync(other, join(cut, `${first}.ndjson.gz`))
    }
  }
}
