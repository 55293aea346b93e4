import { join } from 'node:path'
import { forkDatabase } from './process/fork-database.ts'
import { failStart, stopOnSignal, tellReady } from './process/run-until-signal.ts'
import { readEnvironment } from './read-environment.ts'
import { startShop } from './start-shop.ts'

// The shop as a process. Environment: see README.md. Without DATABASE_URL and SHOP_DB_SOCKET it starts its own
// database process and ends it again.
try {
  const settings = readEnvironment(process.env)
  const ownSocket = join(settings.dataDir, 'db', '.s.PGSQL.5432')
  const child = settings.database === undefined ? await forkDatabase(ownSocket) : undefined
  const stopDatabase = (): void => void child?.kill()
  process.on('exit', stopDatabase)
  const shop = await startShop({ ...settings, database: settings.database ?? { socketPath: ownSocket } })
  stopOnSignal(async () => {
    await shop.close()
    stopDatabase()
  })
  tellReady([{ name: 'shop', url: shop.url }])
  if (process.send === undefined) process.stdout.write(`shop: ${shop.url}\n`)
} catch (error) {
  failStart('shop', error, 'set SHOP_LISTEN to a free loopback port, such as 127.0.0.1:7791')
}
