import type { Row } from '../database/database.ts'
import type { Exchange } from '../http/exchange.ts'
import { formOf } from '../http/exchange.ts'
import { html, seeOther } from '../http/reply.ts'
import type { Reply } from '../http/reply.ts'
import type { Shop } from '../shop.ts'
import type { Account } from '../state/session.ts'
import { escape } from '../view/escape.ts'
import { money } from '../view/money.ts'
import { page } from '../view/page.ts'

/**
 * The visitor's own reviews. Flaw `sql-second-order`: the name was stored safely, and is trusted because it comes
 * from the database.
 */
async function ownReviews(shop: Shop, account: Account): Promise<readonly Row[]> {
  const select = 'SELECT product_id, text, stars FROM reviews WHERE author ='
  if (shop.weak('sql-second-order')) {
    const [row] = await shop.database.rows('SELECT display FROM users WHERE id = $1', [account.id])
    return shop.database.rows(`${select} '${String(row?.['display'])}'`)
  }
  return shop.database.rows(`${select} $1`, [account.display])
}

function accountHtml(account: Account, orders: readonly Row[], reviews: readonly Row[]): string {
  const orderRows = orders.map(
    (order) =>
      `<tr><td><a href="/order/${Number(order['id'])}">${Number(order['id'])}</a></td><td>${money(Number(order['total_cents']))}</td></tr>`,
  )
  const reviewRows = reviews.map(
    (review) => `<div class="review"><p>${escape(String(review['text']))}</p></div>`,
  )
  return `<h1>Hello, ${escape(account.display)}</h1>
<form method="post" action="/account" class="panel"><label>Name on your reviews <input name="display" value="${escape(account.display)}" required></label><button>Save</button></form>
<form method="post" action="/account/picture" enctype="multipart/form-data" class="panel"><label>Your picture <input name="picture" type="file" required></label><button>Upload</button></form>
<h2>Your orders</h2>${orderRows.length === 0 ? '<p>None yet.</p>' : `<div class="scroll"><table><tr><th>Order</th><th>Total</th></tr>${orderRows.join('')}</table></div>`}
<h2>Your reviews</h2>${reviewRows.join('') || '<p>None yet.</p>'}
<form method="post" action="/logout"><button>Log out</button></form>`
}

/** `GET /account`. */
export async function account(shop: Shop, exchange: Exchange): Promise<Reply> {
  const own = exchange.session.account
  if (own === undefined) return seeOther('/login')
  const orders = await shop.database.rows(
    'SELECT id, total_cents FROM orders WHERE user_id = $1 ORDER BY id DESC LIMIT 50',
    [own.id],
  )
  const main = accountHtml(own, orders, await ownReviews(shop, own))
  return html(page({ title: 'Your account', session: exchange.session, main }))
}

/** `POST /account`: changes the shown name, with a bound parameter. */
export async function saveAccount(shop: Shop, exchange: Exchange): Promise<Reply> {
  const own = exchange.session.account
  if (own === undefined) return seeOther('/login')
  const display = (formOf(exchange).get('display') ?? '').slice(0, 500)
  await shop.database.rows('UPDATE users SET display = $1 WHERE id = $2', [display, own.id])
  own.display = display
  return seeOther('/account')
}
