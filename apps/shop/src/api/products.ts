import type { Exchange } from '../http/exchange.ts'
import { json, jsonError } from '../http/reply.ts'
import type { Reply } from '../http/reply.ts'
import type { Shop } from '../shop.ts'

const select = 'SELECT id, name, category, price_cents, stock FROM products WHERE NOT hidden'

/** `GET /api/products?category=`. Flaw `sql-api`: the category is quoted by hand, and several statements may follow. */
export async function apiProducts(shop: Shop, exchange: Exchange): Promise<Reply> {
  const category = exchange.query.get('category')
  const limit = Math.min(100, Math.max(1, Math.trunc(Number(exchange.query.get('limit') ?? 50)) || 1))
  if (category === null)
    return json({ products: await shop.database.rows(`${select} ORDER BY id LIMIT ${limit}`) })
  const rows = shop.weak('sql-api')
    ? await shop.database.rows(`${select} AND category = '${category}' ORDER BY id LIMIT ${limit}`)
    : await shop.database.rows(`${select} AND category = $1 ORDER BY id LIMIT ${limit}`, [category])
  return json({ products: rows })
}

/** `GET /api/products/:id`. */
export async function apiProduct(shop: Shop, exchange: Exchange): Promise<Reply> {
  const id = Number(exchange.params['id'])
  if (!Number.isSafeInteger(id)) return jsonError(404)
  const [row] = await shop.database.rows(`${select} AND id = $1`, [id])
  return row === undefined ? jsonError(404) : json(row)
}
