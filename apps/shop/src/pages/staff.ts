import type { Exchange } from '../http/exchange.ts'
import { html, text } from '../http/reply.ts'
import type { Reply } from '../http/reply.ts'
import type { Shop } from '../shop.ts'
import { escape } from '../view/escape.ts'
import { money } from '../view/money.ts'
import { page } from '../view/page.ts'

interface Rights {
  admin?: boolean
}

/** What the visitor may do. A polluted `Object.prototype` grants it to everybody: see `prototype-preferences`. */
export function rightsOf(exchange: Exchange): Rights {
  const rights: Rights = {}
  if (exchange.session.account?.role === 'admin') rights.admin = true
  return rights
}

function refused(exchange: Exchange): Reply {
  const main = '<h1>Staff only</h1><p>Log in with an office account.</p>'
  return html(page({ title: 'Staff only', session: exchange.session, main }), 403)
}

/** `GET /admin`: orders and customers, for the office. */
export async function admin(shop: Shop, exchange: Exchange): Promise<Reply> {
  if (rightsOf(exchange).admin !== true) return refused(exchange)
  const users = await shop.database.rows('SELECT id, name, email, card FROM users ORDER BY id')
  const orders = await shop.database.rows(
    'SELECT id, total_cents, address FROM orders ORDER BY id DESC LIMIT 100',
  )
  const userRows = users.map(
    (user) =>
      `<tr><td>${escape(String(user['name']))}</td><td>${escape(String(user['email']))}</td><td>${escape(String(user['card']))}</td></tr>`,
  )
  const orderRows = orders.map(
    (order) =>
      `<tr><td>${Number(order['id'])}</td><td>${money(Number(order['total_cents']))}</td><td>${escape(String(order['address']))}</td></tr>`,
  )
  const main = `<h1>Office</h1><p>Payment key: <code>${escape(shop.secrets.paymentKey)}</code></p>
<h2>Orders</h2><div class="scroll"><table><tr><th>Order</th><th>Total</th><th>Address</th></tr>${orderRows.join('')}</table></div>
<h2>Customers</h2><div class="scroll"><table><tr><th>User</th><th>Mail</th><th>Card</th></tr>${userRows.join('')}</table></div>`
  return html(page({ title: 'Office', session: exchange.session, main }))
}

/** `GET /intranet`: for the warehouse. Flaw `header-trust`: the leftmost forwarded address is believed. */
export function intranet(shop: Shop, exchange: Exchange): Reply {
  const header = exchange.headers['x-forwarded-for']
  const claimed =
    String(header ?? '')
      .split(',')[0]
      ?.trim() ?? ''
  const address = shop.weak('header-trust') && claimed !== '' ? claimed : exchange.peer
  if (!address.startsWith('10.')) return refused(exchange)
  const main = `<h1>Warehouse</h1><p>Door code and payment key: <code>${escape(shop.secrets.paymentKey)}</code></p>`
  return html(page({ title: 'Warehouse', session: exchange.session, main }))
}

/** `GET /backup/shop.sql.old`. Flaw `forgotten-backup`: a copy of the customers that nobody took away. */
export async function backup(shop: Shop, exchange: Exchange): Promise<Reply> {
  if (!shop.weak('forgotten-backup')) return refused(exchange)
  const users = await shop.database.rows('SELECT name, email, password FROM users ORDER BY id')
  const lines = users.map(
    (u) =>
      `INSERT INTO users VALUES ('${String(u['name'])}','${String(u['email'])}','${String(u['password'])}');`,
  )
  return text(`-- shop dump\n${lines.join('\n')}\n`)
}

/** `GET /robots.txt`. */
export function robots(): Reply {
  return text('User-agent: *\nDisallow: /cart\nDisallow: /account\nSitemap: /sitemap.xml\n')
}

/** `GET /health`: `ok` while the database answers. */
export async function health(shop: Shop): Promise<Reply> {
  await shop.database.rows('SELECT 1')
  return text('ok\n')
}

/** `GET /sitemap.xml`. */
export async function sitemap(shop: Shop): Promise<Reply> {
  const rows = await shop.database.rows('SELECT id FROM products WHERE NOT hidden ORDER BY id')
  const urls = rows.map((row) => `<url><loc>/product/${Number(row['id'])}</loc></url>`).join('')
  const body = `<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${urls}</urlset>`
  return { status: 200, headers: { 'content-type': 'application/xml' }, body }
}
