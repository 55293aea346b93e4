import { LedgerError } from '../ledger-error.ts'
import { WriterPositions } from '../state/writer-positions.ts'
import type { WriterPosition } from '../state/writer-positions.ts'
import type { LedgerBatch } from './ledger-batch.ts'

/** Several batches that become durable with one write and one sync. */
export interface Commit {
  readonly bytes: Uint8Array
  readonly lines: number
  /** Where the writers stand once this is durable. */
  readonly positions: readonly WriterPosition[]
}

/** Bytes that wait for the disk; more is refused with LEDGER_BUSY, and the sender keeps it in its spool. */
export const maxQueuedBytes: number = 64 * 1024 * 1024
/** Bytes of one write. */
export const maxCommitBytes: number = 4 * 1024 * 1024

interface Waiting {
  readonly position: WriterPosition
  readonly lines: number
  readonly body: Uint8Array
  readonly resolve: () => void
  readonly reject: (error: LedgerError) => void
}

/**
 * Group commit: batches that arrive while the disk is busy share the next write and sync. Also the place where
 * repeats are dropped, because it alone knows what is on disk and what is about to be.
 */
export class CommitQueue {
  readonly #durable: WriterPositions
  readonly #commit: (commit: Commit) => Promise<void>
  // Positions including what waits; equal to the durable ones while nothing does.
  #pending: WriterPositions
  #waiting: Waiting[] = []
  #queuedBytes = 0
  #running: Promise<void> | undefined
  #closed = false

  constructor(durable: WriterPositions, commit: (commit: Commit) => Promise<void>) {
    this.#durable = durable
    this.#pending = new WriterPositions(durable.entries())
    this.#commit = commit
  }

  /** Resolves when the batch's lines are on disk, by this call or by an earlier one. */
  add(batch: LedgerBatch): Promise<void> {
    const refused = this.#refusal(batch)
    if (refused !== undefined) return Promise.reject(refused)
    const through = batch.first + batch.lines - 1
    const have = this.#pending.get(batch)
    const { body, lines } = through <= have ? { body: new Uint8Array(), lines: 0 } : skip(batch, have)
    const { agent, epoch, lane, hash } = batch
    const position = { agent, epoch, lane, sequence: through, hash }
    if (lines > 0) this.#pending.advance(position)
    this.#queuedBytes += body.length
    return new Promise((resolve, reject) => {
      // A repeat waits as well: what it repeats may not be on disk yet.
      this.#waiting.push({ position, lines, body, resolve, reject })
      this.#running ??= this.#run()
    })
  }

  #refusal(batch: LedgerBatch): LedgerError | undefined {
    if (this.#closed) return new LedgerError('LEDGER_CLOSED', 'the ledger is closing')
    if (!isWhole(batch))
      return new LedgerError('LEDGER_BAD_BATCH', 'a batch is whole lines from sequence 1 on')
    if (!this.#pending.accepts(batch)) {
      return new LedgerError('LEDGER_TOO_MANY_WRITERS', 'too many writers and epochs')
    }
    const isFull = this.#queuedBytes > 0 && this.#queuedBytes + batch.body.length > maxQueuedBytes
    return isFull ? new LedgerError('LEDGER_BUSY', 'the disk is behind') : undefined
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batches = this.#take()
      try {
        await this.#write(batches)
      } catch (error) {
        this.#failAll(batches, error)
        continue
      }
      for (const waiting of batches) waiting.resolve()
    }
    this.#running = undefined
  }

  #take(): Waiting[] {
    let bytes = 0
    let count = 0
    for (const waiting of this.#waiting) {
      if (count > 0 && bytes + waiting.body.length > maxCommitBytes) break
      bytes += waiting.body.length
      count += 1
    }
    this.#queuedBytes -= bytes
    return this.#waiting.splice(0, count)
  }

  async #write(batches: readonly Waiting[]): Promise<void> {
    const written = batches.filter((waiting) => waiting.lines > 0)
    if (written.length === 0) return
    const [only] = written
    const bytes =
      written.length === 1 && only !== undefined
        ? only.body
        : Buffer.concat(written.map((waiting) => waiting.body))
    await this.#commit({
      bytes,
      lines: written.reduce((sum, waiting) => sum + waiting.lines, 0),
      positions: written.map((waiting) => waiting.position),
    })
  }

  /** After a failed write the queue starts anew from what is on disk; senders keep and repeat what was refused. */
  #failAll(batches: readonly Waiting[], cause: unknown): void {
    const failed = [...batches, ...this.#waiting]
    this.#waiting = []
    this.#queuedBytes = 0
    this.#pending = new WriterPositions(this.#durable.entries())
    const message = `cannot write to the ledger: ${cause instanceof Error ? cause.message : String(cause)}`
    const error = new LedgerError('LEDGER_WRITE_FAILED', message, {
      cause,
      hint: 'free disk space or mend the disk; events wait in the spools meanwhile',
    })
    for (const waiting of failed) waiting.reject(error)
  }

  /** Refuses new batches and waits for those accepted. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#running
  }
}

/** The batch without the lines that the log already has. */
function skip(batch: LedgerBatch, have: number): { body: Uint8Array; lines: number } {
  let known = Math.max(0, have - batch.first + 1)
  const lines = batch.lines - known
  let start = 0
  for (; known > 0; known -= 1) start = batch.body.indexOf(0x0a, start) + 1
  return { body: batch.body.subarray(start), lines }
}

/** True when the body has exactly the lines that the batch claims, each with its newline. */
function isWhole(batch: LedgerBatch): boolean {
  if (!Number.isSafeInteger(batch.first) || batch.first < 1 || batch.lines < 1) return false
  if (batch.body.at(-1) !== 0x0a) return false
  let lines = 0
  for (let at = batch.body.indexOf(0x0a); at >= 0; at = batch.body.indexOf(0x0a, at + 1)) lines += 1
  return lines === batch.lines
}
