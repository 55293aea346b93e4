import { join } from 'node:path'
import type { Logger, Metrics } from '@sevenfold/layer'
import { SegmentFollower, logIdentity, oldestPosition } from '@sevenfold/ledger/segments'
import type { RevealLine, SegmentLine, SegmentPosition } from '@sevenfold/ledger/segments'
import { CollectorError } from '../collector-error.ts'
import { DuckIndex, removeIndex } from './duck-index.ts'
import type { AnswerRow, Parameters } from './duck-index.ts'
import type { SegmentWords } from '../words/segment-words.ts'
import { indexRow } from './index-row.ts'
import type { AccessCount, AggregatedSites, EventRow } from './index-row.ts'

/** Rows that are written together at most. */
export const maxRowsPerCommit = 2_000

/** What feeds an index. */
export interface IndexFeedOptions {
  /** The database file. */
  readonly path: string
  readonly memoryBytes: number
  /** The ledger's folder, `data/ledger`. */
  readonly ledger: string
  readonly aggregated: AggregatedSites
  /** Kept in step with the index. */
  readonly words: SegmentWords
  /** Gives back what is sealed in a line. */
  readonly reveal: RevealLine
  readonly log: Logger
  readonly metrics: Metrics
}

/** An index that fails this often in a row without taking anything is thrown away and made again. */
export const maxFailures = 5
const firstRetryMs = 500
const lastRetryMs = 30_000

/**
 * Keeps the index behind the log. When the index fails it is opened again, and made again where that does not help;
 * everything else goes on meanwhile.
 */
export class IndexFeed {
  readonly #options: IndexFeedOptions
  readonly #segments: string
  #index: DuckIndex | undefined
  #follower: SegmentFollower | undefined
  #waiting: (EventRow | AccessCount)[] = []
  #failures = 0
  #retry: NodeJS.Timeout | undefined
  #working: Promise<void> = Promise.resolve()
  #closed = false

  constructor(options: IndexFeedOptions) {
    this.#options = options
    this.#segments = join(options.ledger, 'segments')
  }

  /** Up to which entry the log is indexed. */
  get entries(): number {
    return this.#index?.position.index ?? 0
  }

  /** True while questions can be answered. */
  get isOpen(): boolean {
    return this.#index !== undefined
  }

  /** Opens the index and begins to follow the log, without waiting for it to catch up. What fails is tried again. */
  async start(): Promise<void> {
    this.#working = this.#open()
    await this.#working
  }

  async #open(): Promise<void> {
    const { path, memoryBytes, ledger, log } = this.#options
    if (this.#closed) return
    try {
      const { index, rebuilt } = await DuckIndex.open({
        path,
        memoryBytes,
        log: logIdentity(ledger),
        start: () => oldestPosition(this.#segments),
      })
      if (rebuilt) {
        log.warn('index-rebuilt', { path })
        this.#options.words.clear()
      }
      this.#options.words.resume(index.position.segment, index.position.offset)
      this.#follow(index)
    } catch (error) {
      this.#fail(error)
    }
  }

  #follow(index: DuckIndex): void {
    this.#index = index
    this.#waiting = []
    const follower = new SegmentFollower({
      folder: this.#segments,
      position: index.position,
      onLines: (lines) => this.#take(lines),
      onCaughtUp: () => this.#flush(),
      onLost: (oldest) => this.#lost(oldest),
      // A follower that was replaced has nothing more to say.
      onError: (error) => {
        if (this.#follower === follower) this.#fail(error)
      },
    })
    this.#follower = follower
    void follower.start() // errors go to onError
  }

  async #take(lines: readonly SegmentLine[]): Promise<void> {
    for (const line of lines) {
      const event = parseLine(line.bytes, this.#options.reveal)
      const row = indexRow(line, event, this.#options.aggregated)
      if (row === undefined) continue
      this.#waiting.push(row)
      if (row.kind === 'event') this.#options.words.add(line.segment, event)
    }
    if (this.#waiting.length >= maxRowsPerCommit) await this.#flush(positionAfter(lines.at(-1)))
  }

  async #flush(position: SegmentPosition | undefined = this.#follower?.position): Promise<void> {
    const index = this.#index
    if (index === undefined || position === undefined || position.index === index.position.index) return
    const rows = this.#waiting
    this.#waiting = []
    this.#options.words.save()
    await index.add(rows, position)
    this.#failures = 0
    const { metrics } = this.#options
    metrics.counter('sevenfold_collector_indexed_total', 'Events that were indexed').inc(rows.length)
  }

  /** Retention went past us: go on with what is there. A shorter log is another log: begin anew. */
  async #lost(oldest: SegmentPosition): Promise<SegmentPosition> {
    const position = this.#index?.position
    if (position !== undefined && oldest.index > position.index) {
      await this.#flush(oldest)
      return oldest
    }
    throw new CollectorError('COLLECTOR_INDEX_UNAVAILABLE', 'the log is shorter than its index')
  }

  #fail(reason: unknown): void {
    this.#failures += 1
    this.#options.log.error('index-failed', { error: reason, failures: this.#failures })
    const isLost = reason instanceof CollectorError && reason.code === 'COLLECTOR_INDEX_UNAVAILABLE'
    const isHopeless = isLost || this.#failures % maxFailures === 0
    const waitMs = Math.min(lastRetryMs, firstRetryMs * 2 ** (this.#failures - 1))
    this.#retry = setTimeout(() => {
      this.#working = this.#reopen(isHopeless)
    }, waitMs)
  }

  async #reopen(anew: boolean): Promise<void> {
    const follower = this.#follower
    this.#follower = undefined
    await follower?.close()
    this.#index?.close()
    this.#index = undefined
    if (anew) removeIndex(this.#options.path)
    await this.#open()
  }

  /** Throws the index away and makes it again from the segments. */
  async rebuild(): Promise<void> {
    await this.#working
    if (this.#closed) return
    clearTimeout(this.#retry)
    this.#working = this.#reopen(true)
    await this.#working
  }

  /** Answers a question. Throws `COLLECTOR_INDEX_UNAVAILABLE`. */
  async query(sql: string, parameters: Parameters): Promise<AnswerRow[]> {
    if (this.#index === undefined) {
      throw new CollectorError(
        'COLLECTOR_INDEX_UNAVAILABLE',
        'the index is being made; search by id and the live tail work',
      )
    }
    return this.#index.query(sql, parameters)
  }

  /** See `DuckIndex.purge`. */
  async purge(beforeMs: number, maxBytes: number): Promise<number> {
    const removed = (await this.#index?.purge(beforeMs, maxBytes)) ?? 0
    const [oldest] = removed > 0 ? await this.query('SELECT min(segment) AS segment FROM events', []) : []
    if (oldest !== undefined) this.#options.words.drop(Number(oldest['segment']))
    return removed
  }

  /** Ends following and closes the file. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#retry)
    await this.#working
    await this.#follower?.close()
    this.#index?.close()
    this.#index = undefined
  }
}

function positionAfter(line: SegmentLine | undefined): SegmentPosition | undefined {
  if (line === undefined) return undefined
  const { segment, offset, index, bytes } = line
  return { segment, offset: offset + bytes.length + 1, index: index + 1 }
}

function parseLine(bytes: Uint8Array, reveal: RevealLine): unknown {
  try {
    return JSON.parse(reveal(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')))
  } catch {
    // The ledger has checked what it took; a line that cannot be read is left out, the ledger's verification names it.
    return undefined
  }
}
