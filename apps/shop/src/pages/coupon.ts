import type { Exchange } from '../http/exchange.ts'
import { formOf } from '../http/exchange.ts'
import { seeOther } from '../http/reply.ts'
import type { Reply } from '../http/reply.ts'
import type { Shop } from '../shop.ts'
import { cartReply } from './cart.ts'

/** Longest coupon code, in characters; the weak pattern is slow long before. */
export const maxCouponLength = 60

const weakPattern = /^([A-Z0-9]+-?)+$/
const safePattern = /^[A-Z0-9]+(?:-[A-Z0-9]+)*$/

const coupons: ReadonlyMap<string, number> = new Map([
  ['LANTERN-10', 10],
  ['SLOW-WALK', 15],
])

/** `POST /cart/coupon`. Flaw `redos-coupon`: the pattern takes exponential time on a code that does not match. */
export function useCoupon(shop: Shop, exchange: Exchange): Reply | Promise<Reply> {
  const code = (formOf(exchange).get('code') ?? '').slice(0, maxCouponLength)
  const pattern = shop.weak('redos-coupon') ? weakPattern : safePattern
  const percent = pattern.test(code) ? coupons.get(code) : undefined
  if (percent === undefined) return cartReply(shop, exchange, 'That coupon does not exist.', 422)
  exchange.session.discountPercent = percent
  return seeOther('/cart')
}
