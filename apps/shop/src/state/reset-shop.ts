import { accountOf, forgetFailures } from '../pages/login.ts'
import type { Shop } from '../shop.ts'
import { cleanPrototype } from './clean-prototype.ts'
import { writeDataFolder } from './data-folder.ts'
import { makeCollections } from './partners.ts'
import { makeSecrets } from './secrets.ts'
import type { Secrets } from './secrets.ts'

/** Most rows of a table that `shopState` shows. */
const maxStateRows = 500

/** Puts the shop back to its first hour: rows, files, sessions, collections, `Object.prototype`. */
export async function resetShop(shop: Shop, seed: string): Promise<Secrets> {
  cleanPrototype()
  const secrets = makeSecrets(seed)
  await shop.rows.reset(secrets)
  writeDataFolder(shop.folder, secrets)
  shop.secrets = secrets
  shop.collections = makeCollections(secrets)
  shop.sessions.clear()
  shop.holds.clear()
  shop.warehouse.reconnect()
  forgetFailures(shop)
  // The office is always logged in somewhere: numbered sessions can be walked to it.
  await loginVictim(shop, 'admin')
  return secrets
}

/** A session of that user, as if logged in before; undefined for an unknown user. */
export async function loginVictim(shop: Shop, user: string): Promise<string | undefined> {
  const [row] = await shop.database.rows('SELECT id, name, display, role FROM users WHERE name = $1', [user])
  return row === undefined ? undefined : shop.sessions.create(accountOf(row)).id
}

/** What an attack may have changed, read past the application's own pages. Tables that are gone are empty. */
export async function shopState(shop: Shop): Promise<unknown> {
  const rows = async (sql: string): Promise<readonly unknown[]> => {
    try {
      return await shop.database.rows(`${sql} LIMIT ${maxStateRows}`)
    } catch {
      return []
    }
  }
  return {
    users: await rows('SELECT name, role, display FROM users ORDER BY id'),
    reviews: await rows('SELECT product_id, author, text FROM reviews ORDER BY id'),
    orders: await rows('SELECT id, user_id, total_cents FROM orders ORDER BY id'),
    tables: await rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"),
    folder: shop.folder.root,
  }
}
