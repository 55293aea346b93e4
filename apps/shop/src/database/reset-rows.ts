import type { Secrets } from '../state/secrets.ts'
import type { Database } from './database.ts'
import { schemaSql } from './schema.ts'
import { seedSql } from './seed-sql.ts'

/** Tables, columns, indexes, functions and triggers as one text: differs when an attack changed the schema. */
const shapeSql = `
SELECT concat(
  (SELECT string_agg(concat_ws(':', relname, relkind, relnatts, relhastriggers, relhasrules), ',' ORDER BY relname)
   FROM pg_class WHERE relnamespace = 'public'::regnamespace),
  (SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace),
  (SELECT string_agg(attname || attnotnull, ',' ORDER BY attrelid, attnum) FROM pg_attribute
   WHERE NOT attisdropped AND attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace))
) AS shape`

const emptySql = `
DELETE FROM users; DELETE FROM products; DELETE FROM reviews; DELETE FROM orders; DELETE FROM settings;
SELECT setval('reviews_id_seq', 1, false), setval('orders_id_seq', 1, false);`

/** Restores the rows of one database. */
export interface RowReset {
  reset(secrets: Secrets): Promise<void>
}

/**
 * Makes the restorer. It empties and fills the tables, and makes the whole schema anew only the first time and
 * after an attack changed it, because that takes ten times as long.
 */
export function createRowReset(database: Database): RowReset {
  let known: unknown
  const shape = async (): Promise<unknown> => {
    try {
      return (await database.rows(shapeSql))[0]?.['shape']
    } catch {
      // The schema itself is gone.
      return undefined
    }
  }
  return {
    reset: async (secrets) => {
      // An attack may have left a transaction open or changed the session's settings.
      await database.rows('ROLLBACK; RESET ALL')
      const intact = known !== undefined && (await shape()) === known
      await database.rows((intact ? emptySql : schemaSql) + seedSql(secrets))
      if (!intact) known = await shape()
    },
  }
}
