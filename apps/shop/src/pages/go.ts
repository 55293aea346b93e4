import type { Exchange } from '../http/exchange.ts'
import type { Reply } from '../http/reply.ts'
import type { Shop } from '../shop.ts'

/** `GET /go?to=`: counted links of the newsletter. Flaw `redirect-go`: the target may be any site. */
export function go(shop: Shop, exchange: Exchange): Reply {
  const to = (exchange.query.get('to') ?? '/').replaceAll(/[\r\n]/g, '')
  const isOwn = /^\/(?![/\\])/.test(to)
  const location = shop.weak('redirect-go') || isOwn ? to : '/'
  return { status: 302, headers: { location: encodeURI(location).replaceAll('%25', '%') }, body: '' }
}
