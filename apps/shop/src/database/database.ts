import type { QueryResult } from 'pg'
import pg from 'pg'

/** A row as the driver gives it. */
export type Row = Readonly<Record<string, unknown>>

/** The shop's way to its database. */
export interface Database {
  /** Rows of the statement; of the last one when the text holds several. Rejects with the server's error. */
  rows(sql: string, parameters?: readonly unknown[]): Promise<readonly Row[]>
  close(): Promise<void>
}

/** Where the database is: a connection string, or a Unix socket `<folder>/.s.PGSQL.<port>`. */
export type DatabaseAddress = { readonly url: string } | { readonly socketPath: string }

/** Longest wait for a connection, in milliseconds. */
export const connectTimeoutMs = 10_000

function poolConfig(address: DatabaseAddress): pg.PoolConfig {
  if ('url' in address) return { connectionString: address.url }
  const match = /^(.*)\/\.s\.PGSQL\.(\d+)$/.exec(address.socketPath)
  if (match === null)
    throw new Error(`"${address.socketPath}" is not the path of a PostgreSQL socket (…/.s.PGSQL.5432)`)
  return { host: match[1], port: Number(match[2]), user: 'postgres', database: 'postgres' }
}

/**
 * Opens the pool; no connection is made before the first statement.
 * One connection only: PGlite is one session, so two connections would see each other's unnamed statements.
 */
export function openDatabase(address: DatabaseAddress): Database {
  const pool = new pg.Pool({ ...poolConfig(address), max: 1, connectionTimeoutMillis: connectTimeoutMs })
  // An idle connection that breaks is replaced at the next statement; without a listener it would end the process.
  pool.on('error', () => {})
  return {
    rows: async (sql, parameters) => {
      const result: QueryResult<Row> | QueryResult<Row>[] =
        parameters === undefined ? await pool.query(sql) : await pool.query(sql, [...parameters])
      return Array.isArray(result) ? (result.at(-1)?.rows ?? []) : result.rows
    },
    close: () => pool.end(),
  }
}
