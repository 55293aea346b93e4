import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { snapshotPath } from './database/snapshot-path.ts'
import { startDatabase } from './database/start-database.ts'
import { failStart, stopOnSignal, tellReady } from './process/run-until-signal.ts'
import { shopDataDir } from './read-environment.ts'

// The shop's database as a process of its own. SHOP_DB_SOCKET: where to listen. SHOP_DB_DATA: a folder to keep
// the data in; without it the data lives in memory. SHOP_DB_SNAPSHOT: file with a fresh cluster, `none` for none.
const { env } = process
const socketPath = env['SHOP_DB_SOCKET'] ?? join(shopDataDir(env), 'db', '.s.PGSQL.5432')
const snapshot = env['SHOP_DB_SNAPSHOT'] ?? snapshotPath()
try {
  if (env['SHOP_DB_DATA'] !== undefined) mkdirSync(env['SHOP_DB_DATA'], { recursive: true, mode: 0o700 })
  const database = await startDatabase({
    socketPath,
    snapshotPath: snapshot === 'none' ? undefined : snapshot,
    dataDir: env['SHOP_DB_DATA'],
  })
  stopOnSignal(() => database.close())
  tellReady([{ name: 'database', url: socketPath }])
} catch (error) {
  failStart('shop database', error, 'choose a short, writable path with SHOP_DB_SOCKET')
}
