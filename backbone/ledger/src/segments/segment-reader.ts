import { LedgerError } from '../ledger-error.ts'
import { openSegment } from './open-segment.ts'
import type { SegmentContent } from './segment-content.ts'
import { listSegments } from './segment-name.ts'

/** Where a reader stands: before line `index`, which starts at byte `offset` of segment `segment`. */
export interface SegmentPosition {
  readonly segment: number
  readonly offset: number
  readonly index: number
}

/** One line of a segment, where it stands, and its bytes without the newline (valid until the next read). */
export interface SegmentLine extends SegmentPosition {
  readonly bytes: Uint8Array
}

/** Start of a log that holds everything. */
export const logStart: SegmentPosition = { segment: 0, offset: 0, index: 0 }
/** A line longer than this is damage, not an event (60,000 bytes at most). */
export const maxSegmentLineBytes = 65_536

/** What a read found besides lines. */
export type ReadState =
  /** There may be more at once. */
  | 'more'
  /** Everything written so far has been read. */
  | 'end'
  /** The position does not exist (any more): the segment was dropped by retention or is shorter than the position. */
  | 'lost'
  /** A line without end within `maxSegmentLineBytes`, or a packed segment that cannot be unpacked. */
  | 'damaged'

/** Lines and state of one read. */
export interface SegmentRead {
  readonly lines: readonly SegmentLine[]
  readonly state: ReadState
}

/**
 * Reads segments in order and follows the log as it grows. Read-only; any number of readers may follow one log.
 * Only whole lines are given out, so that a line being written is seen once it is complete.
 */
export class SegmentReader {
  readonly #folder: string
  #position: SegmentPosition
  #content: SegmentContent | undefined
  readonly #chunk: Buffer

  /** `chunkBytes` bounds one read and must exceed `maxSegmentLineBytes`. */
  constructor(folder: string, position: SegmentPosition = logStart, chunkBytes = 1_048_576) {
    this.#folder = folder
    this.#position = position
    this.#chunk = Buffer.allocUnsafe(Math.max(chunkBytes, maxSegmentLineBytes + 1))
  }

  /** Where the next line will stand. */
  get position(): SegmentPosition {
    return this.#position
  }

  /** Moves to another position. */
  async seek(position: SegmentPosition): Promise<void> {
    await this.close()
    this.#position = position
  }

  /** The next lines; see `ReadState` for what an empty list means. */
  async read(): Promise<SegmentRead> {
    try {
      return await this.#read()
    } catch (error) {
      if (error instanceof LedgerError && error.code === 'LEDGER_CORRUPT')
        return { lines: [], state: 'damaged' }
      throw error
    }
  }

  async #read(): Promise<SegmentRead> {
    this.#content ??= await openSegment(this.#folder, this.#position.segment)
    const content = this.#content
    if (content === undefined) {
      // Read to its end, and dropped before we looked for the one after it: nothing of it is missing to us.
      if (await this.#next()) return { lines: [], state: 'more' }
      // Before the first line of an empty log there is nothing to have lost.
      const isStart = this.#position.index === 0 && listSegments(this.#folder).length === 0
      return { lines: [], state: isStart ? 'end' : 'lost' }
    }
    const bytesRead = await content.read(this.#chunk, this.#position.offset)
    const lines = this.#split(this.#chunk.subarray(0, bytesRead))
    if (lines.length > 0) return { lines, state: 'more' }
    if (bytesRead > maxSegmentLineBytes) return { lines, state: 'damaged' }
    if (bytesRead > 0) return { lines, state: 'end' }
    return { lines, state: await this.#atEnd(content) }
  }

  #split(bytes: Buffer): SegmentLine[] {
    const lines: SegmentLine[] = []
    let { offset, index } = this.#position
    const { segment } = this.#position
    let start = 0
    for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
      lines.push({ segment, offset, index, bytes: bytes.subarray(start, end) })
      offset += end + 1 - start
      index += 1
      start = end + 1
    }
    if (lines.length > 0) this.#position = { segment, offset, index }
    return lines
  }

  /** Nothing to read: the next segment, if the log went on in one; a file that is shorter than our position is lost. */
  async #atEnd(content: SegmentContent): Promise<ReadState> {
    const size = await content.length()
    if (size < this.#position.offset) return 'lost'
    // A line may have been added between the read and this look; then the next read finds it.
    if (size > this.#position.offset) return 'more'
    return (await this.#next()) ? 'more' : 'end'
  }

  /** Moves to the segment that begins with the next line; false when there is none. */
  async #next(): Promise<boolean> {
    const next = this.#position.index
    if (next === this.#position.segment) return false
    if (!listSegments(this.#folder).some((segment) => segment.first === next)) return false
    await this.seek({ segment: next, offset: 0, index: next })
    return true
  }

  /** Closes the open file. The reader can go on afterwards. */
  async close(): Promise<void> {
    await this.#content?.close()
    this.#content = undefined
  }
}

/** Position of the oldest line kept, or the start of an empty log. */
export function oldestPosition(folder: string): SegmentPosition {
  const first = listSegments(folder)[0]?.first ?? 0
  return { segment: first, offset: 0, index: first }
}
