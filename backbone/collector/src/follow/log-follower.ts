import { mkdirSync } from 'node:fs'
import { SegmentReader, oldestPosition, watchSegments } from '@sevenfold/ledger/segments'
import type { SegmentLine, SegmentPosition, SegmentWatcher } from '@sevenfold/ledger/segments'

/** What a follower needs. */
export interface FollowerOptions {
  /** Folder of the ledger's segments; made when it is not there yet. */
  readonly folder: string
  readonly position: SegmentPosition
  /** Takes lines in order; their bytes are valid until it resolves. When it rejects the same lines come again. */
  readonly onLines: (lines: readonly SegmentLine[]) => Promise<void>
  /** Called when everything written so far was taken. */
  readonly onCaughtUp?: () => Promise<void> | void
  /** The position does not exist any more. Returns where to go on. */
  readonly onLost: (oldest: SegmentPosition) => Promise<SegmentPosition>
  readonly onError: (error: unknown) => void
}

// Notices of the file system come at once; this is for those that get lost.
const pollMs = 1_000
const retryMs = 1_000
// Bytes of one read: what is parsed from them is garbage of the next moment, so they bound the heap.
const chunkBytes = 262_144
// Of many notices in a burst one is enough.
const settleMs = 20

/** Follows the ledger's segments as they grow, each follower at its own pace. */
export class LogFollower {
  readonly #options: FollowerOptions
  readonly #reader: SegmentReader
  #watcher: SegmentWatcher | undefined
  #running: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: FollowerOptions) {
    mkdirSync(options.folder, { recursive: true, mode: 0o700 })
    this.#options = options
    this.#reader = new SegmentReader(options.folder, options.position, chunkBytes)
  }

  /** Where the next line will be read. */
  get position(): SegmentPosition {
    return this.#reader.position
  }

  /** Begins to follow; resolves when everything written so far was taken once. */
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
      .catch((error: unknown) => {
        this.#options.onError(error)
        this.#wake(retryMs)
      })
      .finally(() => {
        this.#running = undefined
      })
    return this.#running
  }

  async #readAll(): Promise<void> {
    while (!this.#closed) {
      const before = this.#reader.position
      const { lines, state } = await this.#reader.read()
      if (lines.length > 0) await this.#give(lines, before)
      else if (state === 'lost') {
        await this.#reader.seek(await this.#options.onLost(oldestPosition(this.#options.folder)))
      } else if (state !== 'more') {
        await this.#options.onCaughtUp?.()
        return
      }
    }
  }

  async #give(lines: readonly SegmentLine[], before: SegmentPosition): Promise<void> {
    try {
      await this.#options.onLines(lines)
    } catch (error) {
      await this.#reader.seek(before)
      throw error
    }
  }

  /** Goes on at another place, for example from the start. */
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
