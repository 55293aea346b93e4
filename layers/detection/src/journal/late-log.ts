import type { Clock, Logger } from '@sevenfold/layer'
import { openLineLog } from './line-log.ts'
import type { LineLog } from './line-log.ts'

/** What a late log runs on. */
export interface LateLogSurroundings {
  readonly clock: Pick<Clock, 'after'>
  readonly log: Logger
}

/** A log whose owner exists before it does: what is appended until `open` is in the records that the log begins with. */
export class LateLog<Record> {
  #log: LineLog<Record> | undefined
  // What is appended while the file is being opened is in no record yet.
  #early: Record[] | undefined

  append(record: Record): void {
    if (this.#log === undefined) this.#early?.push(record)
    else this.#log.append(record)
  }

  /** Opens the file. `records` is what it begins with, and what it holds when it is written anew. */
  async open(
    { clock, log }: LateLogSurroundings,
    path: string,
    records: () => readonly Record[],
  ): Promise<void> {
    const onError = (error: unknown): void => log.error('log-not-written', { path, error })
    this.#early = []
    const opened = await openLineLog<Record>({ path, records, onError, clock })
    this.#log = opened
    for (const record of this.#early) opened.append(record)
    this.#early = undefined
  }

  /** Resolves when everything appended so far is on disk, or could not be written. */
  async flush(): Promise<void> {
    await this.#log?.flush()
  }

  async close(): Promise<void> {
    await this.#log?.close()
  }
}
