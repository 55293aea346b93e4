import { mkdirSync } from 'node:fs'
import { SegmentReader, oldestPosition, watchSegments } from '@sevenfold/ledger/segments'
import type { SegmentLine, SegmentPosition, SegmentWatcher } from '@sevenfold/ledger/segments'

/** What following needs. */
export interface LedgerFollowerOptions {
  /** Folder of the ledger's segments; made when it is not there yet. */
  readonly folder: string
  readonly position: SegmentPosition
  /** Takes lines in order; their bytes are valid until it returns. */
  readonly onLine: (line: SegmentLine) => void
  /** Everything written so far was taken. */
  readonly onCaughtUp?: () => void
  /** Our place is not there any more. Gives where to go on. */
  readonly onLost: (oldest: SegmentPosition) => SegmentPosition
  readonly onError: (error: unknown) => void
}

const pollMs = 1_000
const settleMs = 20
const chunkBytes = 262_144
/** How often the file is opened anew by its name: an open one may have been replaced under us. */
export const reopenMs = 5_000

/** Follows the ledger's segments and gives their lines one by one. */
export class LedgerFollower {
  readonly #options: LedgerFollowerOptions
  readonly #reader: SegmentReader
  #watcher: SegmentWatcher | undefined
  #running: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #openedAt = 0
  #closed = false
  #isCaughtUp = false

  constructor(options: LedgerFollowerOptions) {
    mkdirSync(options.folder, { recursive: true, mode: 0o700 })
    this.#options = options
    this.#reader = new SegmentReader(options.folder, options.position, chunkBytes)
  }

  /** Where the next line will be read. */
  get position(): SegmentPosition {
    return this.#reader.position
  }

  /** True when the last look found nothing more to read. */
  get isCaughtUp(): boolean {
    return this.#isCaughtUp
  }

  /** Begins; resolves when everything written so far was taken. */
  async start(): Promise<void> {
    this.#watcher = watchSegments({
      folder: this.#options.folder,
      pollMs,
      onChange: () => this.#wake(settleMs),
    })
    await this.#run()
  }

  #wake(delayMs: number): void {
    if (this.#closed || this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.#run()
    }, delayMs)
  }

  #run(): Promise<void> {
    this.#running ??= this.#readAll()
      .catch((error: unknown) => this.#options.onError(error)) // the poll tries again
      .finally(() => {
        this.#running = undefined
      })
    return this.#running
  }

  async #readAll(): Promise<void> {
    await this.#reopen()
    while (!this.#closed) {
      const { lines, state } = await this.#reader.read()
      for (const line of lines) this.#options.onLine(line)
      if (lines.length > 0) this.#isCaughtUp = false
      else if (state === 'lost')
        await this.#reader.seek(this.#options.onLost(oldestPosition(this.#options.folder)))
      else if (state !== 'more') {
        this.#isCaughtUp = true
        this.#options.onCaughtUp?.()
        return
      }
    }
  }

  async #reopen(): Promise<void> {
    const now = performance.now()
    if (now - this.#openedAt < reopenMs) return
    this.#openedAt = now
    await this.#reader.seek(this.#reader.position)
  }

  /** Goes on at another place. */
  async seek(position: SegmentPosition): Promise<void> {
    await this.#running
    await this.#reader.seek(position)
    this.#wake(0)
  }

  /** Ends after the lines under way. */
  async close(): Promise<void> {
    this.#closed = true
    this.#watcher?.close()
    clearTimeout(this.#timer)
    await this.#running
    await this.#reader.close()
  }
}
