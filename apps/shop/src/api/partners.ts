import type { Exchange } from '../http/exchange.ts'
import { jsonOf } from '../http/exchange.ts'
import { json, jsonError } from '../http/reply.ts'
import type { Reply } from '../http/reply.ts'
import { logLogin } from '../log/log-login.ts'
import { isPlainQuery, matches } from '../query/matches.ts'
import type { Shop } from '../shop.ts'

/** `POST /api/login {partner, password}`. Flaw `nosql-login`: operators of the visitor reach the query. */
export function partnerLogin(shop: Shop, exchange: Exchange): Reply {
  const body = jsonOf(exchange)
  if (body === undefined || body['partner'] === undefined || body['password'] === undefined)
    return jsonError(400)
  const query = { partner: body['partner'], password: body['password'] }
  if (!shop.weak('nosql-login') && !isPlainQuery(query)) return jsonError(400, 'plain values only')
  const found = shop.collections.partners.find((document) => matches(document, query))
  const user = typeof query.partner === 'string' ? query.partner : JSON.stringify(query.partner)
  logLogin(shop, exchange, { user, outcome: found === undefined ? 'failure' : 'success' })
  if (found === undefined) return jsonError(401)
  return json({ partner: found['partner'], key: found['key'], discount: found['discount'] })
}

/** `POST /api/reviews/find`. Flaw `nosql-filter`: the visitor's query overrides `approved` and may hold `$where`. */
export function findReviews(shop: Shop, exchange: Exchange): Reply {
  const query = jsonOf(exchange)
  if (query === undefined) return jsonError(400)
  const weak = shop.weak('nosql-filter')
  if (!weak && !isPlainQuery(query)) return jsonError(400, 'plain values only')
  const whole = weak ? { approved: true, ...query } : { ...query, approved: true }
  return json({ reviews: shop.collections.reviews.filter((document) => matches(document, whole)) })
}
