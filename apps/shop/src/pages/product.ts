import type { Row } from '../database/database.ts'
import type { Exchange } from '../http/exchange.ts'
import { formOf } from '../http/exchange.ts'
import { html, seeOther } from '../http/reply.ts'
import type { Reply } from '../http/reply.ts'
import type { Shop } from '../shop.ts'
import { escape } from '../view/escape.ts'
import { hueOf } from '../view/goods.ts'
import { money } from '../view/money.ts'
import { page } from '../view/page.ts'
import { notFound } from './not-found.ts'

/** Longest review, in characters. */
export const maxReviewLength = 4000

async function findProduct(shop: Shop, id: string): Promise<Row | undefined> {
  const select = 'SELECT id, name, category, price_cents, stock, description FROM products WHERE'
  if (shop.weak('sql-product')) return (await shop.database.rows(`${select} id = ${id}`))[0]
  if (!/^\d{1,9}$/.test(id)) return undefined
  return (await shop.database.rows(`${select} id = $1`, [Number(id)]))[0]
}

function reviewHtml(shop: Shop, review: Row): string {
  const text = String(review['text'])
  const stars = '★'.repeat(Math.min(5, Math.max(0, Number(review['stars']))))
  return `<div class="review"><span class="stars" title="${stars.length} of 5">${stars}</span> <span>${escape(String(review['author']))}</span>
<p>${shop.weak('xss-review') ? text : escape(text)}</p></div>`
}

function productHtml(product: Row, reviews: string): string {
  const id = encodeURIComponent(String(product['id']))
  const stock = Number(product['stock'])
  return `<div class="product"><img src="/assets/art/${encodeURIComponent(String(product['category']))}.svg" alt="" style="--turn: ${hueOf(product['id'])}deg">
<div><h1>${escape(String(product['name']))}</h1><p class="price">${money(Number(product['price_cents']))}</p>
<p>${escape(String(product['description']))}</p><p class="small">${stock > 0 ? `${stock} in stock` : 'Sold out'}</p>
<form action="/cart/add" method="post"><input type="hidden" name="product" value="${id}">
<label>Quantity <input name="quantity" type="number" min="1" max="20" value="1"></label><button>Add to cart</button></form></div></div>
<h2>Reviews</h2>${reviews === '' ? '<p>No reviews yet.</p>' : reviews}
<form class="panel" action="/product/${id}/review" method="post"><h2>Write one</h2>
<label>Stars <select name="stars"><option>5</option><option>4</option><option>3</option><option>2</option><option>1</option></select></label>
<label>Your review <textarea name="text" rows="4" required></textarea></label><button>Send review</button></form>`
}

/** `GET /product/:id`. Flaws: `sql-product` (the number is never checked), `xss-review` (reviews are shown raw). */
export async function product(shop: Shop, exchange: Exchange): Promise<Reply> {
  const found = await findProduct(shop, exchange.params['id'] ?? '')
  if (found === undefined) return notFound(exchange)
  const reviews = await shop.database.rows(
    'SELECT author, stars, text FROM reviews WHERE product_id = $1 ORDER BY id DESC LIMIT 50',
    [found['id']],
  )
  const main = productHtml(found, reviews.map((review) => reviewHtml(shop, review)).join('\n'))
  const reply = html(page({ title: String(found['name']), session: exchange.session, main }))
  return { ...reply, headers: { ...reply.headers, 'set-cookie': seenCookie(exchange, Number(found['id'])) } }
}

/** Remembers the last four products for the start page. */
function seenCookie(exchange: Exchange, id: number): string {
  const before = Buffer.from(exchange.cookies.get('viewed') ?? '', 'base64').toString('utf8')
  const ids = [...new Set([id, ...before.split(',').map(Number)])].filter(
    (n) => Number.isSafeInteger(n) && n > 0,
  )
  return `viewed=${encodeURIComponent(Buffer.from(ids.slice(0, 4).join(',')).toString('base64'))}; Path=/`
}

/** `POST /product/:id/review`. */
export async function writeReview(shop: Shop, exchange: Exchange): Promise<Reply> {
  const id = Number(exchange.params['id'])
  const form = formOf(exchange)
  const text = (form.get('text') ?? '').slice(0, maxReviewLength)
  const stars = Math.min(5, Math.max(1, Math.trunc(Number(form.get('stars') ?? 5)) || 1))
  const known = Number.isSafeInteger(id)
    ? await shop.database.rows('SELECT 1 FROM products WHERE id = $1', [id])
    : []
  if (known.length === 0 || text === '') return notFound(exchange)
  const author = exchange.session.account?.display ?? 'guest'
  await shop.database.rows('INSERT INTO reviews (product_id, author, stars, text) VALUES ($1, $2, $3, $4)', [
    id,
    author,
    stars,
    text,
  ])
  return seeOther(`/product/${id}`)
}
