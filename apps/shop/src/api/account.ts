import type { Exchange } from '../http/exchange.ts'
import { jsonOf } from '../http/exchange.ts'
import { json, jsonError } from '../http/reply.ts'
import type { Reply } from '../http/reply.ts'
import { mergeInto } from '../query/merge.ts'
import type { Shop } from '../shop.ts'
import { makeToken, readToken } from './token.ts'

/** `GET /api/token`: a token for the logged-in customer. */
export function token(shop: Shop, exchange: Exchange): Reply {
  const own = exchange.session.account
  if (own === undefined) return jsonError(401)
  return json({ token: makeToken({ name: own.name, role: own.role }, shop.secrets.partnerPassword) })
}

/** `GET /api/me` with a bearer token. Flaw `token-none`: an unsigned token is believed when it says so itself. */
export function me(shop: Shop, exchange: Exchange): Reply {
  const bearer = /^Bearer (.+)$/.exec(exchange.headers.authorization ?? '')?.[1] ?? ''
  const claims = readToken(bearer, shop.secrets.partnerPassword, shop.weak('token-none'))
  if (claims === undefined) return jsonError(401)
  const extra = claims.role === 'admin' ? { paymentKey: shop.secrets.paymentKey } : {}
  return json({ name: claims.name, role: claims.role, ...extra })
}

/** Columns that `POST /api/account` may set in the patched shop. */
const ownColumns: ReadonlySet<string> = new Set(['display', 'email'])

/** `POST /api/account`. Flaw `mass-assignment`: every column that the body names is set, `role` too. */
export async function updateAccount(shop: Shop, exchange: Exchange): Promise<Reply> {
  const own = exchange.session.account
  if (own === undefined) return jsonError(401)
  const body = jsonOf(exchange)
  if (body === undefined) return jsonError(400)
  const known = shop.weak('mass-assignment') ? new Set([...ownColumns, 'role']) : ownColumns
  for (const [column, value] of Object.entries(body)) {
    if (!known.has(column) || typeof value !== 'string') continue
    await shop.database.rows(`UPDATE users SET ${column} = $1 WHERE id = $2`, [value.slice(0, 200), own.id])
  }
  const [row] = await shop.database.rows('SELECT display, role, email FROM users WHERE id = $1', [own.id])
  own.display = String(row?.['display'])
  own.role = String(row?.['role'])
  return json({ name: own.name, ...row })
}

/** `GET /api/orders/:id`. Flaw `idor-order`: any order is shown to anybody. */
export async function apiOrder(shop: Shop, exchange: Exchange): Promise<Reply> {
  const id = Number(exchange.params['id'])
  if (!Number.isSafeInteger(id)) return jsonError(404)
  const [row] = await shop.database.rows(
    'SELECT id, user_id, total_cents, items, address FROM orders WHERE id = $1',
    [id],
  )
  const isOwn = row !== undefined && row['user_id'] === exchange.session.account?.id
  return row === undefined || (!isOwn && !shop.weak('idor-order')) ? jsonError(404) : json(row)
}

/** `GET /api/preferences`. */
export function preferences(_shop: Shop, exchange: Exchange): Reply {
  return json(exchange.session.preferences)
}

/** `PATCH /api/preferences`. Flaw `prototype-preferences`: the merge follows `__proto__`. */
export function mergePreferences(shop: Shop, exchange: Exchange): Reply {
  const body = jsonOf(exchange)
  if (body === undefined) return jsonError(400)
  mergeInto(exchange.session.preferences, body, shop.weak('prototype-preferences'))
  return json(exchange.session.preferences)
}
