import { randomUUID } from 'node:crypto'
import type { Row } from '../database/database.ts'
import type { Exchange } from '../http/exchange.ts'
import { formOf } from '../http/exchange.ts'
import { html, seeOther } from '../http/reply.ts'
import type { Reply } from '../http/reply.ts'
import type { Shop } from '../shop.ts'
import { escape } from '../view/escape.ts'
import { money } from '../view/money.ts'
import { page } from '../view/page.ts'
import { exportCart } from './cart-export.ts'
import { notFound } from './not-found.ts'

/** Most lines of a cart. */
export const maxCartLines = 50

/** A cart with prices. */
export interface PricedCart {
  readonly lines: readonly { readonly row: Row; readonly quantity: number; readonly cents: number }[]
  readonly totalCents: number
}

/** Prices the visitor's cart; products that are gone fall out. */
export async function priceCart(shop: Shop, exchange: Exchange): Promise<PricedCart> {
  const { cart, discountPercent } = exchange.session
  const ids = cart.map((line) => line.product)
  const rows = await shop.database.rows(
    'SELECT id, name, price_cents FROM products WHERE id = ANY($1::int[])',
    [ids],
  )
  const lines = cart.flatMap((line) => {
    const row = rows.find((candidate) => candidate['id'] === line.product)
    return row === undefined
      ? []
      : [{ row, quantity: line.quantity, cents: Number(row['price_cents']) * line.quantity }]
  })
  const sum = lines.reduce((total, line) => total + line.cents, 0)
  return { lines, totalCents: Math.round((sum * (100 - discountPercent)) / 100) }
}

function cartHtml(cart: PricedCart, exchange: Exchange, note: string): string {
  const rows = cart.lines.map(
    (line) =>
      `<tr><td>${escape(String(line.row['name']))}</td><td>${line.quantity}</td><td>${money(line.cents)}</td></tr>`,
  )
  const discount = exchange.session.discountPercent
  return `<h1>Your cart</h1>${note === '' ? '' : `<p class="notice">${note}</p>`}
${
  rows.length === 0
    ? '<p>Empty. <a href="/">Find something</a>.</p>'
    : `<div class="scroll"><table><tr><th>Product</th><th>Quantity</th><th>Price</th></tr>${rows.join('')}</table></div>
<p>${discount > 0 ? `Coupon: ${discount} % off. ` : ''}Total <span class="price">${money(cart.totalCents)}</span></p>
<form method="post" action="/checkout" class="panel"><label>Deliver to <input name="address" required></label><button>Order now</button></form>`
}
<form method="post" action="/cart/coupon" class="panel"><label>Coupon <input name="code"></label><button>Use</button></form>
<form method="post" action="/cart/import" class="panel"><label>Saved cart <textarea name="cart" rows="2">${escape(exportCart(exchange.session.cart))}</textarea></label><button>Load saved cart</button></form>`
}

/** The cart page with a note above it; `note` is HTML. */
export async function cartReply(shop: Shop, exchange: Exchange, note = '', status = 200): Promise<Reply> {
  const main = cartHtml(await priceCart(shop, exchange), exchange, note)
  return html(page({ title: 'Cart', session: exchange.session, main }), status)
}

/** `GET /cart`. */
export function cart(shop: Shop, exchange: Exchange): Promise<Reply> {
  return cartReply(shop, exchange)
}

/** `POST /cart/add`. */
export function addToCart(_shop: Shop, exchange: Exchange): Reply {
  const form = formOf(exchange)
  const product = Number(form.get('product'))
  const quantity = Number(form.get('quantity') ?? 1)
  const isGood =
    Number.isSafeInteger(product) && Number.isSafeInteger(quantity) && quantity > 0 && quantity <= 20
  if (!isGood || exchange.session.cart.length >= maxCartLines) return notFound(exchange)
  exchange.session.cart.push({ product, quantity })
  return seeOther('/cart')
}

/** `POST /checkout`: makes the order; guests order as user 0. */
export async function checkout(shop: Shop, exchange: Exchange): Promise<Reply> {
  const priced = await priceCart(shop, exchange)
  const address = (formOf(exchange).get('address') ?? '').slice(0, 300)
  if (priced.lines.length === 0 || address === '') {
    return cartReply(shop, exchange, 'We need something in the cart and an address.', 422)
  }
  const items = priced.lines.map((line) => `${line.quantity} x ${String(line.row['name'])}`).join(', ')
  const [order] = await shop.database.rows(
    'INSERT INTO orders (user_id, total_cents, items, address) VALUES ($1, $2, $3, $4) RETURNING id',
    [exchange.session.account?.id ?? 0, priced.totalCents, items, address],
  )
  exchange.session.cart = []
  const main = `<h1>Thank you</h1><p>Order ${Number(order?.['id'])} over ${money(priced.totalCents)} is on its way to ${escape(address)}.</p>
<p class="small">Reference ${randomUUID().slice(0, 8)}. This is a demonstration: nothing will arrive.</p>`
  return html(page({ title: 'Thank you', session: exchange.session, main }), 201)
}

/** `GET /order/:id`: an order of the visitor. */
export async function order(shop: Shop, exchange: Exchange): Promise<Reply> {
  const id = Number(exchange.params['id'])
  const own = exchange.session.account?.id
  if (!Number.isSafeInteger(id) || own === undefined) return notFound(exchange)
  const [row] = await shop.database.rows('SELECT * FROM orders WHERE id = $1 AND user_id = $2', [id, own])
  if (row === undefined) return notFound(exchange)
  const main = `<h1>Order ${id}</h1><p>${escape(String(row['items']))}</p><p>${escape(String(row['address']))}</p><p class="price">${money(Number(row['total_cents']))}</p>`
  return html(page({ title: `Order ${id}`, session: exchange.session, main }))
}
