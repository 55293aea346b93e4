import { rmSync, statSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'
import type { DuckDBAppender, DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import type { SegmentPosition } from '@sevenfold/ledger/segments'
import { CollectorError } from '../collector-error.ts'
import type { AccessCount, EventRow } from './index-row.ts'
import { createTables, schemaVersion } from './schema.ts'

/** What an index is opened with. */
export interface DuckIndexOptions {
  readonly path: string
  /** Memory of the database, bytes. */
  readonly memoryBytes: number
  /** Identity of the log that is indexed; an index of another log is thrown away. */
  readonly log: string
  /** Where a new index begins. */
  readonly start: () => SegmentPosition
}

/** Values of a question. */
export type Parameters = readonly (string | number)[]

/** A row of an answer, column by column. */
export type AnswerRow = Readonly<Record<string, unknown>>

/**
 * The searchable index: a DuckDB file that this process alone writes. Everything in it can be made again from the
 * segments, so damage means starting over and never an error for long. Rows and the reading position change in one
 * transaction: no event is indexed twice or left out, wherever the process is killed.
 */
export class DuckIndex {
  readonly #options: DuckIndexOptions
  readonly #instance: DuckDBInstance
  readonly #writer: DuckDBConnection
  readonly #reader: DuckDBConnection
  #position: SegmentPosition

  private constructor(
    options: DuckIndexOptions,
    database: { instance: DuckDBInstance; writer: DuckDBConnection; reader: DuckDBConnection },
    position: SegmentPosition,
  ) {
    this.#options = options
    this.#instance = database.instance
    this.#writer = database.writer
    this.#reader = database.reader
    this.#position = position
  }

  /** Opens the index, or begins a new one when there is none, it is damaged, of another version or of another log. */
  static async open(options: DuckIndexOptions): Promise<{ index: DuckIndex; rebuilt: boolean }> {
    try {
      const index = await DuckIndex.#tryOpen(options)
      if (index !== undefined) return { index, rebuilt: false }
    } catch {
      // Damaged: what is wrong with it does not matter, since nothing in it is the only copy.
    }
    removeIndex(options.path)
    const index = await DuckIndex.#tryOpen(options)
    if (index === undefined)
      throw new CollectorError('COLLECTOR_INDEX_UNAVAILABLE', 'a new index cannot be used')
    return { index, rebuilt: true }
  }

  static async #tryOpen(options: DuckIndexOptions): Promise<DuckIndex | undefined> {
    const instance = await DuckDBInstance.create(options.path, {
      memory_limit: `${Math.floor(options.memoryBytes / 1_048_576)}MiB`,
      threads: '1',
      // Small steps: what the database frees goes back to the system instead of waiting for the next burst.
      allocator_flush_threshold: '1MiB',
      allocator_bulk_deallocation_flush_threshold: '1MiB',
      wal_autocheckpoint: '4MiB',
      preserve_insertion_order: 'false',
      // Segments are ours; nothing else on this machine may be read through a query.
      enable_external_access: 'false',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    })
    try {
      const writer = await instance.connect()
      for (const statement of createTables) await writer.run(statement)
      const reader = await instance.connect()
      const position = await readState(writer, options)
      if (position !== undefined) return new DuckIndex(options, { instance, writer, reader }, position)
    } catch (error) {
      instance.closeSync()
      throw error
    }
    instance.closeSync()
    return undefined
  }

  /** Up to where the log is indexed. */
  get position(): SegmentPosition {
    return this.#position
  }

  /** Adds rows and moves the position, together. */
  async add(rows: readonly (EventRow | AccessCount)[], position: SegmentPosition): Promise<void> {
    await this.#writer.run('BEGIN TRANSACTION')
    try {
      await this.#appendEvents(rows.filter((row) => row.kind === 'event'))
      await this.#addCounts(rows.filter((row) => row.kind === 'access'))
      await writeState(this.#writer, this.#options.log, position)
      await this.#writer.run('COMMIT')
    } catch (error) {
      await this.#writer.run('ROLLBACK').catch(() => undefined) // the first error is the one that matters
      throw error
    }
    this.#position = position
  }

  async #appendEvents(rows: readonly EventRow[]): Promise<void> {
    if (rows.length === 0) return
    const appender = await this.#writer.createAppender('events')
    for (const row of rows) appendRow(appender, row)
    appender.closeSync()
  }

  async #addCounts(counts: readonly AccessCount[]): Promise<void> {
    const totals = new Map<string, AccessCount>()
    for (const count of counts) {
      const key = `${count.minuteMs} ${count.status} ${count.method} ${count.site}`
      const known = totals.get(key)
      totals.set(key, known === undefined ? count : sum(known, count))
    }
    for (const { minuteMs, site, method, status, requests, bytes, duration } of totals.values()) {
      await this.#writer.run(
        `INSERT INTO access_minutes VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
           requests = requests + excluded.requests, bytes = bytes + excluded.bytes, duration = duration + excluded.duration`,
        [BigInt(minuteMs), site, method, status, BigInt(requests), bytes, duration],
      )
    }
  }

  /** Answers a question. Throws `COLLECTOR_INDEX_UNAVAILABLE` with the cause when the database cannot. */
  async query(sql: string, parameters: Parameters): Promise<AnswerRow[]> {
    try {
      // Numbers go as doubles: whole ones would be bound as 32-bit integers and times do not fit those.
      const values: DuckDBValue[] = [...parameters]
      const result = await this.#reader.runAndReadAll(sql, values)
      return result.getRowObjectsJS()
    } catch (error) {
      throw new CollectorError('COLLECTOR_INDEX_UNAVAILABLE', 'the index cannot answer now', { cause: error })
    }
  }

  /** Removes what happened before `beforeMs`, and the oldest tenth when the file is over `maxBytes`. Returns rows removed. */
  async purge(beforeMs: number, maxBytes: number): Promise<number> {
    const before = await this.#count()
    await this.#writer.run('DELETE FROM events WHERE ts < ?', [BigInt(Math.floor(beforeMs))])
    await this.#writer.run('DELETE FROM access_minutes WHERE minute < ?', [BigInt(Math.floor(beforeMs))])
    if (this.bytes() > maxBytes) {
      await this.#writer.run('DELETE FROM events WHERE ts < (SELECT quantile_cont(ts, 0.1) FROM events)')
      await this.#writer.run('CHECKPOINT')
    }
    return before - (await this.#count())
  }

  async #count(): Promise<number> {
    const result = await this.#writer.runAndReadAll('SELECT count(*) AS n FROM events')
    return Number(result.getRowObjectsJS()[0]?.['n'] ?? 0)
  }

  /** Bytes of the file and its write-ahead log. */
  bytes(): number {
    const size = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0
    return size(this.#options.path) + size(`${this.#options.path}.wal`)
  }

  /** Closes the file. */
  close(): void {
    this.#reader.closeSync()
    this.#writer.closeSync()
    this.#instance.closeSync()
  }
}

/** Removes an index from disk. */
export function removeIndex(path: string): void {
  for (const file of [path, `${path}.wal`, `${path}.tmp`]) rmSync(file, { force: true, recursive: true })
}

function sum(a: AccessCount, b: AccessCount): AccessCount {
  return {
    ...a,
    requests: a.requests + b.requests,
    bytes: a.bytes + b.bytes,
    duration: a.duration + b.duration,
  }
}

function appendRow(appender: DuckDBAppender, row: EventRow): void {
  appender.appendBigInt(BigInt(row.entry))
  appender.appendBigInt(BigInt(row.segment))
  appender.appendInteger(row.offset)
  appender.appendInteger(row.length)
  appender.appendBigInt(BigInt(row.timeMs))
  for (const value of row.values) {
    if (value === undefined) appender.appendNull()
    else if (typeof value === 'number') appender.appendDouble(value)
    else appender.appendVarchar(value)
  }
  appender.endRow()
}

async function writeState(
  connection: DuckDBConnection,
  log: string,
  position: SegmentPosition,
): Promise<void> {
  await connection.run('INSERT OR REPLACE INTO state VALUES (1, ?, ?, ?, ?, ?)', [
    schemaVersion,
    log,
    BigInt(position.segment),
    BigInt(position.offset),
    BigInt(position.index),
  ])
}

/** The position in an index of this version and log; a fresh one gets its start. Undefined for any other. */
async function readState(
  connection: DuckDBConnection,
  options: DuckIndexOptions,
): Promise<SegmentPosition | undefined> {
  const [state] = (await connection.runAndReadAll('SELECT * FROM state')).getRowObjectsJS()
  if (state === undefined) {
    const start = options.start()
    await writeState(connection, options.log, start)
    return start
  }
  if (Number(state['version']) !== schemaVersion || state['log'] !== options.log) return undefined
  return {
    segment: Number(state['segment']),
    offset: Number(state['line_offset']),
    index: Number(state['entry']),
  }
}
