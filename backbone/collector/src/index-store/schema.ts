import { fields } from '../fields/fields.ts'
import type { Field } from '../fields/fields.ts'

/** Version of the tables; another one on disk is rebuilt from the segments. */
export const schemaVersion = 2

const columnTypes: Readonly<Record<Field['type'], string>> = {
  text: 'VARCHAR',
  list: 'VARCHAR',
  number: 'DOUBLE',
}

/** Columns that say when an event happened and where its line stands. */
const placeColumns = [
  'entry BIGINT',
  'segment BIGINT',
  'line_offset INTEGER',
  'line_length INTEGER',
  'ts BIGINT',
]

/** Statements that make the tables where they are missing. Names come from the table of fields only. */
export const createTables: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS events (${[...placeColumns, ...fields.map(({ column, type }) => `${column} ${columnTypes[type]}`)].join(', ')})`,
  // Allowed requests of sites that ask for totals only.
  `CREATE TABLE IF NOT EXISTS access_minutes (minute BIGINT, site VARCHAR, method VARCHAR, status INTEGER,
     requests BIGINT, bytes DOUBLE, duration DOUBLE, PRIMARY KEY (minute, site, method, status))`,
  `CREATE TABLE IF NOT EXISTS state (only_row INTEGER PRIMARY KEY, version INTEGER, log VARCHAR,
     segment BIGINT, line_offset BIGINT, entry BIGINT)`,
]
