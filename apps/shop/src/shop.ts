import type { Database } from './database/database.ts'
import type { RowReset } from './database/reset-rows.ts'
import type { FlawId } from './flaws/flaw.ts'
import type { RequestLog } from './log/request-log.ts'
import type { DataFolder } from './state/data-folder.ts'
import type { Collections } from './state/partners.ts'
import type { Holds } from './state/holds.ts'
import type { Warehouse } from './state/warehouse.ts'
import type { Secrets } from './state/secrets.ts'
import type { SessionStore } from './state/session-store.ts'

/** The parts of a running shop that handlers use. */
export interface Shop {
  readonly database: Database
  readonly rows: RowReset
  readonly folder: DataFolder
  readonly sessions: SessionStore
  readonly log: RequestLog
  readonly warehouse: Warehouse
  readonly holds: Holds
  /** True when the flaw is in place; false in the patched variant. */
  weak(flaw: FlawId): boolean
  /** Replaced as a whole by a reset. */
  secrets: Secrets
  collections: Collections
}
