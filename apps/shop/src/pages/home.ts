import type { Exchange } from '../http/exchange.ts'
import { html } from '../http/reply.ts'
import type { Reply } from '../http/reply.ts'
import type { Row } from '../database/database.ts'
import type { Shop } from '../shop.ts'
import { goods } from '../view/goods.ts'
import { page } from '../view/page.ts'

const fields = 'id, name, category, price_cents, description'

/**
 * Recently viewed products, from a base64 cookie of product numbers.
 * Flaw `sql-cookie`: "nobody edits a base64 cookie".
 */
async function viewed(shop: Shop, cookie: string | undefined): Promise<readonly Row[]> {
  const list = Buffer.from(cookie ?? '', 'base64').toString('utf8')
  if (list === '') return []
  if (shop.weak('sql-cookie')) {
    return shop.database.rows(`SELECT ${fields} FROM products WHERE id IN (${list}) LIMIT 4`)
  }
  const ids = list.split(',').map(Number).filter(Number.isSafeInteger)
  return shop.database.rows(`SELECT ${fields} FROM products WHERE id = ANY($1::int[]) LIMIT 4`, [ids])
}

/** `GET /`: the start page. */
export async function home(shop: Shop, exchange: Exchange): Promise<Reply> {
  const featured = await shop.database.rows(
    `SELECT ${fields} FROM products WHERE NOT hidden AND id % 3 = 0 ORDER BY id LIMIT 8`,
  )
  const seen = await viewed(shop, exchange.cookies.get('viewed'))
  const main = `<section class="hero"><h1>Gear for slow walks</h1>
<p>Tents that stand, boots that last, lanterns that glow. Repaired by us for five years.</p></section>
<h2>This week</h2>${goods(featured)}
${seen.length > 0 ? `<h2>Seen by you</h2>${goods(seen)}` : ''}`
  return html(page({ title: 'Outfitters', session: exchange.session, main }))
}
