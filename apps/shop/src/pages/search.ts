import type { Exchange } from '../http/exchange.ts'
import { html } from '../http/reply.ts'
import type { Reply } from '../http/reply.ts'
import type { Row } from '../database/database.ts'
import type { Shop } from '../shop.ts'
import { escape } from '../view/escape.ts'
import { goods } from '../view/goods.ts'
import { page } from '../view/page.ts'

/** Longest text that is searched for, in characters. */
export const maxQueryLength = 2000

async function find(shop: Shop, q: string): Promise<readonly Row[]> {
  const select = `SELECT id, name, category, price_cents, description FROM products
    WHERE NOT hidden AND concat_ws(' ', name, category, description) ILIKE`
  if (shop.weak('sql-search')) return shop.database.rows(`${select} '%${q}%' ORDER BY 2 LIMIT 50`)
  return shop.database.rows(`${select} $1 ORDER BY 2 LIMIT 50`, [`%${q}%`])
}

/**
 * `GET /search?q=`. Flaws: `sql-search`, `xss-search`, and `parameter-join`: repeated parameters are joined, as
 * some frameworks do, so that an attack can be split over two of them.
 */
export async function search(shop: Shop, exchange: Exchange): Promise<Reply> {
  const given = exchange.query.getAll('q')
  const q = (shop.weak('parameter-join') ? given.join(',') : (given[0] ?? '')).slice(0, maxQueryLength)
  const shown = shop.weak('xss-search') ? q : escape(q)
  const rows = await find(shop, q)
  const found = rows.length === 0 ? '<p>Nothing found. Try a shorter word.</p>' : goods(rows)
  const main = `<h1>Results for “${shown}”</h1>${found}`
  return html(page({ title: 'Search', session: exchange.session, main, query: escape(q) }))
}
