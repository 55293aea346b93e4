import { open, rename, rm } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncDirectory, writeAtomic } from '@sevenfold/layer'
import type { Clock, Timer } from '@sevenfold/layer'

/** Most records that wait for the disk; with a disk that is full, older ones are given up (they stay in memory). */
export const maxWaitingRecords = 1_000_000
/** A log is written anew when it has grown by this many bytes and to twice the size of what it held. */
export const compactAfterBytes = 33_554_432
/** A write that failed is tried again after this, also when nothing more is appended. */
export const retryWriteMs = 5_000
const recordsPerWrite = 2_000

/** An append-only file of JSON lines. */
export interface LineLog<Record> {
  /** Never waits and never throws. */
  append(record: Record): void
  /** Resolves when everything appended so far is on disk, or could not be written. */
  flush(): Promise<void>
  close(): Promise<void>
}

/** What a log needs. */
export interface LineLogOptions<Record> {
  readonly path: string
  /** What the file is to hold: at the start, and whenever it is written anew. */
  readonly records: () => readonly Record[]
  /** Told of a failed write; the records stay in memory and in force, and are tried again later. */
  readonly onError: (error: unknown) => void
  /** For trying again; without one that happens with the next record. */
  readonly clock?: Pick<Clock, 'after'>
  /** Default `compactAfterBytes`. */
  readonly compactAfterBytes?: number
}

const linesOf = (records: readonly unknown[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('')

/** Appends in the background; records become text only when they are written, so that a burst costs its maker nothing. */
class FileLineLog<Record> implements LineLog<Record> {
  readonly #options: LineLogOptions<Record>
  #handle: FileHandle
  #waiting: Record[] = []
  #running: Promise<void> | undefined
  #retry: Timer | undefined
  #closed = false
  // Bytes of whole lines. A write that failed may have left a part behind them.
  #size = 0
  #isTorn = false
  #isUnsynced = false
  #compactAt: number

  constructor(options: LineLogOptions<Record>, handle: FileHandle, size: number) {
    this.#options = options
    this.#handle = handle
    this.#size = size
    this.#compactAt = this.#nextCompaction(size)
  }

  #nextCompaction(size: number): number {
    return size * 2 + (this.#options.compactAfterBytes ?? compactAfterBytes)
  }

  append(record: Record): void {
    this.#waiting.push(record)
    void this.flush() // errors go to onError
  }

  flush(): Promise<void> {
    this.#running ??= this.#write()
    return this.#running
  }

  async #write(): Promise<void> {
    // One turn of the event loop gathers what a change appends, and is over before anything is rendered.
    await new Promise(setImmediate)
    try {
      // What is appended while the disk works is in no batch yet: it must neither be taken for written nor left waiting.
      while (this.#waiting.length > 0 || this.#isUnsynced) {
        if (this.#waiting.length > 0) await this.#writeBatch()
        else await this.#sync()
        if (this.#size > this.#compactAt) await this.#compact()
      }
    } catch (error) {
      if (this.#waiting.length > maxWaitingRecords)
        this.#waiting.splice(0, this.#waiting.length - maxWaitingRecords)
      this.#options.onError(error)
      this.#retryLater()
    } finally {
      this.#running = undefined
    }
  }

  async #writeBatch(): Promise<void> {
    // Part of a batch that failed would swallow the next line, and its whole lines would be there twice.
    if (this.#isTorn) await this.#handle.truncate(this.#size)
    const batch = this.#waiting.slice(0, recordsPerWrite)
    const lines = Buffer.from(linesOf(batch))
    this.#isTorn = true
    this.#isUnsynced = true
    await this.#handle.appendFile(lines)
    this.#isTorn = false
    this.#size += lines.length
    this.#waiting.splice(0, batch.length)
  }

  async #sync(): Promise<void> {
    await this.#handle.datasync()
    this.#isUnsynced = false
  }

  #retryLater(): void {
    if (this.#closed || this.#retry !== undefined) return
    this.#retry = this.#options.clock?.after(retryWriteMs, () => {
      this.#retry = undefined
      void this.flush() // errors go to onError
    })
  }

  /** Writes beside the old file and swaps: a crash leaves one or the other. What waits now is told in the new one as well. */
  async #compact(): Promise<void> {
    const records = this.#options.records()
    const told = this.#waiting.length
    // One that fails is not tried again with every record.
    this.#compactAt = this.#nextCompaction(this.#size)
    const temporary = `${this.#options.path}.new`
    const handle = await open(temporary, 'w', 0o600)
    let size = 0
    try {
      for (let at = 0; at < records.length; at += recordsPerWrite) {
        const lines = Buffer.from(linesOf(records.slice(at, at + recordsPerWrite)))
        await handle.appendFile(lines)
        size += lines.length
      }
      await handle.datasync()
      await rename(temporary, this.#options.path)
    } catch (error) {
      await handle.close()
      await rm(temporary, { force: true })
      throw error
    }
    const old = this.#handle
    this.#handle = handle
    this.#waiting.splice(0, told)
    this.#size = size
    this.#isTorn = false
    this.#isUnsynced = false
    this.#compactAt = this.#nextCompaction(size)
    await old.close()
    syncDirectory(dirname(this.#options.path))
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#retry?.cancel()
    await this.#running
    await this.flush()
    await this.#handle.close()
  }
}

/** Writes the file with what it is to hold and goes on appending behind it. */
export async function openLineLog<Record>(options: LineLogOptions<Record>): Promise<LineLog<Record>> {
  const content = Buffer.from(linesOf(options.records()))
  writeAtomic(options.path, content)
  return new FileLineLog(options, await open(options.path, 'a', 0o600), content.length)
}
