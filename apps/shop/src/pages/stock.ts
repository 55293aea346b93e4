import type { Exchange } from '../http/exchange.ts'
import { html } from '../http/reply.ts'
import type { Reply } from '../http/reply.ts'
import type { Shop } from '../shop.ts'
import { heldByOne } from '../state/holds.ts'
import { escape } from '../view/escape.ts'
import { page } from '../view/page.ts'

/** `GET /stock`: what is at the counter, and the form for a note when something is back. */
export function stock(_shop: Shop, exchange: Exchange): Reply {
  const main = `<h1>At the counter</h1>
<form method="post" action="/stock/hold"><button>Hold one for 15 minutes</button></form>
<form method="post" action="/stock/notify"><label>Product <input name="product" required></label>
<label>Mail <input name="mail" type="email"></label><button>Tell me when it is back</button></form>`
  return html(page({ title: 'At the counter', session: exchange.session, main }))
}

/** `POST /stock/hold`. Flaw `hold-flood`: anybody may hold everything, again and again. */
export function hold(shop: Shop, exchange: Exchange): Reply {
  const limit = shop.weak('hold-flood') ? Infinity : heldByOne
  const isHeld = shop.holds.take(exchange.peer, Date.now(), limit)
  const main = isHeld
    ? '<h1>Held</h1><p>It waits for you for 15 minutes.</p>'
    : '<h1>Nothing left</h1><p>Everything is held for others.</p>'
  return html(page({ title: 'At the counter', session: exchange.session, main }), isHeld ? 200 : 409)
}

/**
 * `POST /stock/notify`: passed on to the warehouse. Flaw `smuggle-warehouse`: the visitor's own Content-Length goes along, though a chunked
 * body has another length (RFC 9112 section 6.3 warns of just that).
 */
export function notify(shop: Shop, exchange: Exchange): Reply {
  const { body, headers } = exchange
  const length = shop.weak('smuggle-warehouse') ? (headers['content-length'] ?? body.length) : body.length
  const head = `POST /notify HTTP/1.1\r\nHost: warehouse\r\nContent-Length: ${length}\r\n\r\n`
  const said = shop.warehouse.exchange(Buffer.concat([Buffer.from(head), body])) ?? 'no answer'
  const main = `<h1>We will write</h1><p>The warehouse says: ${escape(said)}</p>`
  return html(page({ title: 'We will write', session: exchange.session, main }))
}
