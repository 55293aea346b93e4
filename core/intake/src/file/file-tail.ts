import { stat } from 'node:fs/promises'
import type { Clock, Timer } from '@sevenfold/layer'
import { LineSplitter } from '../line-splitter.ts'
import type { IntakeLine } from '../line-splitter.ts'
import { readPosition, writePosition } from './file-position.ts'
import type { FilePosition } from './file-position.ts'
import { LineJoiner } from '../multiline/line-joiner.ts'
import type { JoinOptions } from '../multiline/line-joiner.ts'
import { openAtPosition, openLogFile, rotatedAfter, rotatedSiblings } from './log-file.ts'
import type { LogFile } from './log-file.ts'

/** What a file tail needs. */
export interface FileTailOptions {
  /** The log file; it may not exist yet, and may be rotated (renamed) or emptied while it is read. */
  readonly path: string
  /** Where the position is kept over restarts. */
  readonly positionPath: string
  /** Where to begin without a stored position: `end` leaves out what is already there. */
  readonly begin: 'start' | 'end'
  /** Takes lines in order. The next ones are read when it resolves; when it rejects they are given again. */
  readonly onLines: (lines: readonly IntakeLine[]) => Promise<void>
  /** Told of a file that cannot be read; reading is tried again with the next poll. */
  readonly onError?: (error: unknown) => void
  readonly clock: Clock
  /** Joins lines that belong together; an entry ends when nothing was added to it for `joinWaitMs` (default 1 s). */
  readonly join?: JoinOptions
  readonly joinWaitMs?: number
  /** Time between looks at the file. */
  readonly pollMs?: number
}

const chunkBytes = 262_144
const defaultPollMs = 200
const defaultJoinWaitMs = 1_000
// After a rename the writer may go on with the old file for a while (until its reopen signal): we wait this long
// without new bytes before we take the old file as ended.
const rotationGraceMs = 1_000

const maxFinished = 100

// A position that is no file's: the file that comes is read from its start.
const notThereYet: FilePosition = { device: 0, inode: 0, offset: 0, head: '', headBytes: 0 }

/**
 * Follows one log file over rotation, truncation and restarts. Each line is given once and none is left out, as long
 * as a rotated file is still there uncompressed when it is read. The position is stored after `onLines` resolved:
 * only a kill between the two gives lines again.
 */
export class FileTail {
  readonly #options: FileTailOptions
  readonly #chunk = Buffer.allocUnsafe(chunkBytes)
  readonly #splitter = new LineSplitter()
  #file: LogFile | undefined
  readonly #joiner: LineJoiner | undefined
  // Bytes read of a line or an entry that has not ended: a restart must read them again.
  #pendingBytes = 0
  #partialBytes = 0
  #heldSinceMs = 0
  // Files that were rotated away before we read them, oldest first.
  #queue: string[] = []
  // Files that were read to their end; one that is touched later must not be taken for a younger one.
  readonly #finished: string[] = []
  #started = false
  #idleSinceMs: number | undefined
  #timer: Timer | undefined
  #polling: Promise<void> | undefined
  #closed = false

  constructor(options: FileTailOptions) {
    this.#options = options
    this.#joiner = options.join === undefined ? undefined : new LineJoiner(options.join)
  }

  /** Begins to look at the file now and every `pollMs`. */
  start(): void {
    void this.#loop()
  }

  async #loop(): Promise<void> {
    await this.poll()
    if (this.#closed) return
    const pollMs = this.#options.pollMs ?? defaultPollMs
    this.#timer = this.#options.clock.after(pollMs, () => void this.#loop())
  }

  /** Reads everything that is there now. Never throws: errors go to `onError`. Calls do not overlap. */
  async poll(): Promise<void> {
    this.#polling ??= this.#pollOnce()
      .catch((error: unknown) => this.#options.onError?.(error))
      .finally(() => {
        this.#polling = undefined
      })
    await this.#polling
  }

  async #pollOnce(): Promise<void> {
    if (this.#closed) return
    if (!this.#started) await this.#begin()
    while (!this.#closed) {
      if (this.#file === undefined) this.#file = await this.#openNext()
      if (this.#file === undefined) return
      await this.#readAll(this.#file)
      if (!(await this.#hasEnded(this.#file))) return
      await this.#finishFile(this.#file)
    }
  }

  async #begin(): Promise<void> {
    const { path, positionPath, begin } = this.#options
    const position = readPosition(positionPath)
    if (position === undefined) {
      this.#file = await openLogFile(path)
      if (begin === 'end' && this.#file !== undefined) this.#file.offset = await this.#lastLineEnd(this.#file)
    } else {
      const siblings = await rotatedSiblings(path)
      this.#file = await openAtPosition(path, position)
      for (const sibling of siblings) {
        if (this.#file !== undefined) break
        this.#file = await openAtPosition(sibling, position)
        if (this.#file !== undefined) await this.#queueAfter(this.#file)
      }
    }
    // From here on a restart must not begin anew: what is written in between would be left out.
    if (position === undefined) {
      if (this.#file === undefined) writePosition(positionPath, notThereYet)
      else await this.#store(this.#file)
    }
    this.#started = true
  }

  /** Queues what was rotated away after a file was: with a log that grows fast that may be several at once. */
  async #queueAfter(file: LogFile): Promise<void> {
    const { device, inode } = file
    const { changedMs, identity } = await file.facts()
    this.#finished.push(identity)
    if (this.#finished.length > maxFinished) this.#finished.shift()
    const younger = await rotatedAfter(this.#options.path, { device, inode, changedMs })
    this.#queue = younger.filter((one) => !this.#finished.includes(one.identity)).map(({ path }) => path)
  }

  /** End of the last whole line: a line that is being written belongs to us. */
  async #lastLineEnd(file: LogFile): Promise<number> {
    const size = await file.size()
    const from = Math.max(0, size - this.#chunk.length)
    file.offset = from
    const count = await file.read(this.#chunk)
    const last = this.#chunk.subarray(0, count).lastIndexOf(0x0a)
    return last < 0 ? size : from + last + 1
  }

  async #openNext(): Promise<LogFile | undefined> {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      const file = await openLogFile(next)
      if (file !== undefined) return file
    }
    return openLogFile(this.#options.path)
  }

  async #readAll(file: LogFile): Promise<void> {
    if ((await file.size()) < file.offset || !(await file.hasSameHead())) {
      // Emptied in place: what began before it is gone.
      file.restart()
      this.#forget()
      this.#pendingBytes = 0
    }
    for (;;) {
      if (this.#closed) return
      const before = file.offset
      const count = await file.read(this.#chunk)
      if (count === 0) {
        await this.#giveHeld(file)
        return
      }
      this.#idleSinceMs = undefined
      const bytes = this.#chunk.subarray(0, count)
      const lines = this.#splitter.push(bytes)
      const lastEnd = bytes.lastIndexOf(0x0a)
      this.#partialBytes = lastEnd < 0 ? this.#partialBytes + count : count - lastEnd - 1
      const entries = this.#joiner?.push(lines) ?? lines
      this.#heldSinceMs = this.#options.clock.monotonicMs()
      const pending = this.#partialBytes + (this.#joiner?.heldBytes ?? 0)
      await this.#give(file, entries, { before, pending })
    }
  }

  /** Gives the entry to which nothing was added for a while. */
  async #giveHeld(file: LogFile): Promise<void> {
    const waitMs = this.#options.joinWaitMs ?? defaultJoinWaitMs
    if (this.#joiner === undefined || this.#joiner.heldBytes === 0) return
    if (this.#options.clock.monotonicMs() - this.#heldSinceMs < waitMs) return
    await this.#give(file, this.#joiner.flush(), { before: file.offset, pending: this.#partialBytes })
  }

  #forget(): void {
    this.#splitter.reset()
    this.#joiner?.reset()
    this.#partialBytes = 0
  }

  async #give(
    file: LogFile,
    lines: readonly IntakeLine[],
    at: { readonly before: number; readonly pending: number },
  ): Promise<void> {
    try {
      if (lines.length > 0) await this.#options.onLines(lines)
    } catch (error) {
      // Not taken: the same bytes are read again, from the start of the first line among them.
      file.offset = at.before - this.#pendingBytes
      this.#pendingBytes = 0
      this.#forget()
      throw error
    }
    this.#pendingBytes = at.pending
    if (lines.length > 0) await this.#store(file)
  }

  async #store(file: LogFile): Promise<void> {
    writePosition(this.#options.positionPath, await file.position(this.#pendingBytes))
  }

  /** True when the file was rotated away and nothing more is written to it. */
  async #hasEnded(file: LogFile): Promise<boolean> {
    if (this.#queue.length > 0) return true
    const current = await stat(this.#options.path).catch(() => undefined)
    const isCurrent = current?.ino === file.inode && current.dev === file.device
    if (isCurrent || current === undefined) {
      this.#idleSinceMs = undefined
      return false
    }
    const now = this.#options.clock.monotonicMs()
    this.#idleSinceMs ??= now
    return now - this.#idleSinceMs >= rotationGraceMs
  }

  /** Gives a last line without line break and lets the file go. */
  async #finishFile(file: LogFile): Promise<void> {
    const last = this.#splitter.end()
    const rest = last === undefined ? [] : [last]
    const entries = this.#joiner === undefined ? rest : [...this.#joiner.push(rest), ...this.#joiner.flush()]
    this.#partialBytes = 0
    if (entries.length > 0) await this.#give(file, entries, { before: file.offset, pending: 0 })
    this.#idleSinceMs = undefined
    await this.#queueAfter(file)
    this.#file = undefined
    await file.close()
  }

  /** Ends after the lines under way. The position is stored. */
  async close(): Promise<void> {
    this.#closed = true
    this.#timer?.cancel()
    await this.#polling
    const file = this.#file
    this.#file = undefined
    if (file === undefined) return
    await this.#store(file)
    await file.close()
  }
}
