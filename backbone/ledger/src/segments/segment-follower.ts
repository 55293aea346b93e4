import { mkdirSync } from 'node:fs'
import { listSegments } from './segment-name.ts'
import { SegmentReader, oldestPosition } from './segment-reader.ts'
import type { SegmentLine, SegmentPosition } from './segment-reader.ts'
import { watchSegments } from './segment-watcher.ts'
import type { SegmentWatcher } from './segment-watcher.ts'

/** What a follower needs. */
export interface SegmentFollowerOptions {
  /** Folder of the ledger's segments; made when it is not there yet. */
  readonly folder: string
  readonly position: SegmentPosition
  /** Takes lines in order; their bytes are valid until it resolves. When it throws or rejects, the same lines come again. */
  readonly onLines: (lines: readonly SegmentLine[]) => Promise<void> | void
  /** Called when everything written so far was taken. */
  readonly onCaughtUp?: () => Promise<void> | void
  /** The position does not exist any more. Returns where to go on. */
  readonly onLost: (oldest: SegmentPosition) => Promise<SegmentPosition> | SegmentPosition
  /** What begins at the position cannot be read. Told once; the follower goes on in the next segment, if there is one. */
  readonly onDamaged?: (position: SegmentPosition) => void
  readonly onError: (error: unknown) => void
}

// Notices of the file system come at once; this is for those that get lost.
const pollMs = 1_000
const retryMs = 1_000
// Bytes of one read: what is parsed from them is garbage of the next moment, so they bound the heap.
const chunkBytes = 262_144
// Of many notices in a burst one is enough.
const settleMs = 20
/** How often the file is opened anew by its name: an open one may have been replaced under us. */
const reopenMs = 5_000

/** Follows the ledger's segments as they grow, plain or packed, each follower at its own pace. */
export class SegmentFollower {
  readonly #options: SegmentFollowerOptions
  readonly #reader: SegmentReader
  #watcher: SegmentWatcher | undefined
  #running: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #openedAt = 0
  #closed = false
  #isCaughtUp = false
  #damagedAt: number | undefined

  constructor(options: SegmentFollowerOptions) {
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
    await this.#reopen()
    while (!this.#closed) {
      const before = this.#reader.position
      const { lines, state } = await this.#reader.read()
      if (lines.length > 0) await this.#give(lines, before)
      else if (state === 'lost') {
        await this.#reader.seek(await this.#options.onLost(oldestPosition(this.#options.folder)))
      } else if (state === 'damaged' && (await this.#passDamage(before))) continue
      else if (state !== 'more') {
        this.#isCaughtUp = true
        await this.#options.onCaughtUp?.()
        return
      }
    }
  }

  async #give(lines: readonly SegmentLine[], before: SegmentPosition): Promise<void> {
    try {
      await this.#options.onLines(lines)
      // Only now: lines that come one by one are news, not history.
      this.#isCaughtUp = false
    } catch (error) {
      await this.#reader.seek(before)
      throw error
    }
  }

  /** Whoever damages one segment must not make us blind to those after it. False when there is none yet. */
  async #passDamage(position: SegmentPosition): Promise<boolean> {
    if (this.#damagedAt !== position.index) this.#options.onDamaged?.(position)
    this.#damagedAt = position.index
    const next = listSegments(this.#options.folder).find(({ first }) => first > position.segment)?.first
    if (next !== undefined) await this.#reader.seek({ segment: next, offset: 0, index: next })
    return next !== undefined
  }

  async #reopen(): Promise<void> {
    const now = performance.now()
    if (now - this.#openedAt < reopenMs) return
    this.#openedAt = now
    await this.#reader.seek(this.#reader.position)
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
