import { chmodSync, closeSync, openSync, renameSync, rmSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api'
import { fields } from '../fields/fields.ts'
import type { Field } from '../fields/fields.ts'
import { readField } from '../fields/read-field.ts'

const columnTypes: Readonly<Record<Field['type'], string>> = {
  text: 'VARCHAR',
  list: 'VARCHAR',
  number: 'DOUBLE',
}
const rowsPerFlush = 10_000

/**
 * Events as a Parquet file: `timestamp`, one column for each field that can be searched (lists joined by commas), and `line`, the event as
 * it was signed. Written beside its place and moved there when it is whole.
 */
export class ParquetFile {
  readonly #path: string
  readonly #instance: DuckDBInstance
  readonly #connection: DuckDBConnection
  readonly #appender: DuckDBAppender
  #rows = 0

  private constructor(
    path: string,
    database: { instance: DuckDBInstance; connection: DuckDBConnection; appender: DuckDBAppender },
  ) {
    this.#path = path
    this.#instance = database.instance
    this.#connection = database.connection
    this.#appender = database.appender
  }

  /** Begins a file. What is collected lies in a database beside it until `finish`. */
  static async create(path: string): Promise<ParquetFile> {
    removeScratch(path)
    // Says in the words of the system what is wrong with the place, before anything is collected.
    closeSync(openSync(`${path}.partial`, 'w', 0o600))
    const instance = await DuckDBInstance.create(`${path}.rows`, { memory_limit: '256MiB', threads: '1' })
    const connection = await instance.connect()
    const columns = fields.map(({ column, type }) => `${column} ${columnTypes[type]}`)
    await connection.run(`CREATE TABLE events (timestamp TIMESTAMP_MS, ${columns.join(', ')}, line VARCHAR)`)
    const appender = await connection.createAppender('events')
    return new ParquetFile(path, { instance, connection, appender })
  }

  /** Adds one event with its line. */
  add(event: unknown, line: string): void {
    const time = timeOf(event)
    if (time === undefined) this.#appender.appendNull()
    else this.#appender.appendVarchar(time)
    for (const field of fields) {
      const value = readField(event, field)
      if (value === undefined) this.#appender.appendNull()
      else if (typeof value === 'number') this.#appender.appendDouble(value)
      else this.#appender.appendVarchar(typeof value === 'string' ? value : value.join(','))
    }
    this.#appender.appendVarchar(line)
    this.#appender.endRow()
    this.#rows += 1
    if (this.#rows % rowsPerFlush === 0) this.#appender.flushSync()
  }

  /** Writes the file. */
  async finish(): Promise<void> {
    this.#appender.closeSync()
    const partial = `${this.#path}.partial`
    await this.#connection.run(
      `COPY events TO '${partial.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION zstd)`,
    )
    this.#close()
    chmodSync(partial, 0o600)
    renameSync(partial, this.#path)
  }

  /** Gives up, and leaves nothing. */
  abandon(): void {
    this.#appender.closeSync()
    this.#close()
    rmSync(`${this.#path}.partial`, { force: true })
  }

  #close(): void {
    this.#connection.closeSync()
    this.#instance.closeSync()
    removeScratch(this.#path)
  }
}

function removeScratch(path: string): void {
  for (const end of ['.rows', '.rows.wal', '.rows.tmp']) rmSync(path + end, { force: true, recursive: true })
}

function timeOf(event: unknown): string | undefined {
  const time =
    typeof event === 'object' && event !== null && '@timestamp' in event ? event['@timestamp'] : undefined
  const timeMs = typeof time === 'string' ? Date.parse(time) : Number.NaN
  return Number.isNaN(timeMs) ? undefined : new Date(timeMs).toISOString().slice(0, -1)
}
