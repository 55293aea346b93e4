import type { Checkpoint } from '@sevenfold/merkle'

/** Entries that stand one after another in the log. */
export interface CopyBatch {
  /** Number of the first entry. */
  readonly first: number
  /** Lines without newlines, byte for byte as in the ledger. */
  readonly lines: readonly string[]
}

/** A place on another machine where entries go to, and from where nobody here can take them back. */
export interface CopyTarget {
  /** For events and metrics; also the name of the file that holds the position. */
  readonly name: string
  /** Resolves when the other side has the batch; rejects when it does not, and then it is sent again. */
  send(batch: CopyBatch): Promise<void>
  /** The newest signed checkpoint, after everything before it was sent. */
  checkpoint?(note: string, checkpoint: Checkpoint): Promise<void>
  close(): Promise<void>
}

/** The other side has something else under the same name: a fork, or somebody wrote there. Trying again is no help. */
export class CopyConflict extends Error {
  override readonly name = 'CopyConflict'
}
