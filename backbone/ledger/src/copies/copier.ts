import { existsSync, readFileSync } from 'node:fs'
import { writeAtomic } from '@sevenfold/layer'
import type { Clock, Timer } from '@sevenfold/layer'
import { decodeCheckpoint, parseNote } from '@sevenfold/merkle'
import { SegmentReader, logStart, oldestPosition } from '../segments/segment-reader.ts'
import type { SegmentPosition } from '../segments/segment-reader.ts'
import { CopyConflict } from './copy-target.ts'
import type { CopyBatch, CopyTarget } from './copy-target.ts'

/** What a copier follows, and where it writes down how far it is. */
export interface CopierOptions {
  readonly target: CopyTarget
  /** Folder of the segments. */
  readonly segments: string
  /** File of the position. */
  readonly positionFile: string
  /** The newest checkpoint as a note; empty before the first. */
  readonly newestNote: () => string
  /** Wait between two looks, in milliseconds; failures wait longer. */
  readonly intervalMs: number
  readonly clock: Clock
  readonly report: CopyReport
}

/** Told how a copy goes. */
export interface CopyReport {
  /** Entries that the other side does not have yet. */
  behind(entries: number): void
  /** It does not work; told again with each try. */
  failed(error: unknown): void
  /** It works (again). */
  worked(): void
  /** Entries were dropped by retention before they could be copied. */
  missed(from: number, to: number): void
}

/** Most entries and bytes of one batch. */
export const maxCopyEntries = 2000
export const maxCopyBytes: number = 4 << 20
const longestWaitMs = 60_000

interface PositionFile extends SegmentPosition {
  readonly v: 1
  /** Size of the newest checkpoint that was copied. */
  readonly checkpoint: number
}

function readPosition(path: string): PositionFile {
  const start: PositionFile = { v: 1, ...logStart, checkpoint: 0 }
  if (!existsSync(path)) return start
  try {
    const found = JSON.parse(readFileSync(path, 'utf8')) as PositionFile
    const numbers = [found.segment, found.offset, found.index, found.checkpoint]
    // A position that cannot be read is begun anew: the other side takes equal entries again, and refuses others.
    return found.v === 1 && numbers.every((value) => Number.isSafeInteger(value) && value >= 0)
      ? found
      : start
  } catch {
    return start
  }
}

/** Follows the log and copies it to one target, each entry at least once and in order. */
export class Copier {
  readonly #options: CopierOptions
  readonly #reader: SegmentReader
  #position: PositionFile
  #pending: { readonly batch: CopyBatch; readonly next: SegmentPosition } | undefined
  #timer: Timer | undefined
  #isStopped = false
  #failures = 0
  #running: Promise<void> = Promise.resolve()

  constructor(options: CopierOptions) {
    this.#options = options
    this.#position = readPosition(options.positionFile)
    this.#reader = new SegmentReader(options.segments, this.#position)
  }

  /** Begins; nothing of the ledger waits for it. */
  start(): void {
    this.#running = this.#turn()
  }

  /** Stops after the batch under way. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#timer?.cancel()
    await this.#running
    await this.#reader.close()
    await this.#options.target.close()
  }

  async #turn(): Promise<void> {
    const { clock, intervalMs, report } = this.#options
    let waitMs = intervalMs
    try {
      while (!this.#isStopped && (await this.#copyBatch()));
      await this.#copyCheckpoint()
      this.#failures = 0
      report.worked()
    } catch (error) {
      this.#failures++
      waitMs =
        error instanceof CopyConflict
          ? longestWaitMs
          : Math.min(longestWaitMs, intervalMs * 2 ** this.#failures)
      report.failed(error)
    }
    if (!this.#isStopped) this.#timer = clock.after(waitMs, () => this.start())
  }

  /** True when a batch was copied and there may be more. */
  async #copyBatch(): Promise<boolean> {
    this.#pending ??= await this.#read()
    if (this.#pending === undefined) return false
    const { batch, next } = this.#pending
    this.#options.report.behind(batch.lines.length)
    await this.#options.target.send(batch)
    this.#pending = undefined
    this.#keep({ ...this.#position, ...next })
    this.#options.report.behind(0)
    return true
  }

  async #read(): Promise<{ batch: CopyBatch; next: SegmentPosition } | undefined> {
    const lines: string[] = []
    let [first, bytes] = [this.#reader.position.index, 0]
    for (;;) {
      const { lines: read, state } = await this.#reader.read()
      if (state === 'lost') {
        first = await this.#skip(first)
        if (first < 0) return undefined
        continue
      }
      if (state === 'damaged') throw new Error(`entry ${this.#reader.position.index} cannot be read`)
      for (const { bytes: line } of read) lines.push(Buffer.from(line).toString('utf8'))
      bytes += read.reduce((sum, { bytes: line }) => sum + line.length, 0)
      if (lines.length >= maxCopyEntries || bytes >= maxCopyBytes || state === 'end') break
    }
    return lines.length === 0 ? undefined : { batch: { first, lines }, next: this.#reader.position }
  }

  /** Retention was faster: goes on with the oldest entry that is left, and says what is missing. −1: there is none. */
  async #skip(from: number): Promise<number> {
    const oldest = oldestPosition(this.#options.segments)
    if (oldest.index <= from) return -1
    this.#options.report.missed(from, oldest.index)
    await this.#reader.seek(oldest)
    return oldest.index
  }

  async #copyCheckpoint(): Promise<void> {
    const { target, newestNote } = this.#options
    const note = newestNote()
    if (note === '' || target.checkpoint === undefined) return
    const checkpoint = decodeCheckpoint(parseNote(note).text)
    if (checkpoint.size <= this.#position.checkpoint || checkpoint.size > this.#position.index) return
    await target.checkpoint(note, checkpoint)
    this.#keep({ ...this.#position, checkpoint: checkpoint.size })
  }

  #keep(position: PositionFile): void {
    this.#position = position
    writeAtomic(this.#options.positionFile, `${JSON.stringify(position)}\n`)
  }
}
