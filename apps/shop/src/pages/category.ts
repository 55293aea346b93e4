import { categories } from '../database/products.ts'
import type { Exchange } from '../http/exchange.ts'
import { html } from '../http/reply.ts'
import type { Reply } from '../http/reply.ts'
import type { Shop } from '../shop.ts'
import { goods } from '../view/goods.ts'
import { capital, page } from '../view/page.ts'
import { notFound } from './not-found.ts'

const orders: Readonly<Record<string, string>> = {
  name: 'Name',
  price_cents: 'Price, low to high',
  'price_cents DESC': 'Price, high to low',
}

/** `GET /category/:name?sort=`. Flaw `sql-sort`: the order is put into the statement as it came. */
export async function category(shop: Shop, exchange: Exchange): Promise<Reply> {
  const name = exchange.params['name'] ?? ''
  if (!categories.includes(name)) return notFound(exchange)
  const wanted = exchange.query.get('sort') ?? 'name'
  const sort = shop.weak('sql-sort') || Object.hasOwn(orders, wanted) ? wanted : 'name'
  const rows = await shop.database.rows(
    `SELECT id, name, category, price_cents, description FROM products WHERE category = $1 AND NOT hidden ORDER BY ${sort}`,
    [name],
  )
  const options = Object.entries(orders).map(
    ([value, label]) => `<option value="${value}"${value === wanted ? ' selected' : ''}>${label}</option>`,
  )
  const main = `<h1>${capital(name)}</h1>
<form><label>Sort by <select name="sort">${options.join('')}</select></label><button>Sort</button></form>${goods(rows)}`
  return html(page({ title: capital(name), session: exchange.session, main }))
}
