import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { snapshotPath, startDatabase, startShop } from '../src/index.ts'
import type { RunningDatabase, RunningShop, ShopOptions } from '../src/index.ts'

/** A folder with a database, and as many shops on it as a test needs. */
export interface TestShops {
  readonly folder: string
  readonly database: RunningDatabase
  start(name: string, options?: Partial<ShopOptions>): Promise<RunningShop>
  close(): Promise<void>
}

/** Starts the database; shops share it, so use one at a time and reset before each use. */
export async function startTestShops(): Promise<TestShops> {
  const folder = mkdtempSync(join(tmpdir(), 'shop-'))
  const database = await startDatabase({
    socketPath: join(folder, '.s.PGSQL.5432'),
    snapshotPath: snapshotPath(),
  })
  const shops: RunningShop[] = []
  return {
    folder,
    database,
    start: async (name, options = {}) => {
      const shop = await startShop({
        listen: '127.0.0.1:0',
        database: { socketPath: database.socketPath },
        dataDir: join(folder, name),
        seed: 'test',
        ...options,
      })
      shops.push(shop)
      return shop
    },
    close: async () => {
      for (const shop of shops) await shop.close()
      await database.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
