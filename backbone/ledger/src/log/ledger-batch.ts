import type { WriterLane } from '../state/writer-positions.ts'

/** Whole lines of one writer, in order. */
export interface LedgerBatch extends WriterLane {
  /** Sequence of the first line. */
  readonly first: number
  /** Number of lines. */
  readonly lines: number
  /** Chain hash after the last line, lower-case hex; empty when unknown. */
  readonly hash: string
  /** The lines, each with its newline. The log may change bytes for a moment while it hashes them. */
  readonly body: Uint8Array
}
