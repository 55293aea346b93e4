import type { Exchange } from '../http/exchange.ts'
import type { Shop } from '../shop.ts'
import { maxLoggedText } from './request-log.ts'

/** Writes one attempt to log in to the shop's log. */
export function logLogin(
  shop: Shop,
  exchange: Exchange,
  attempt: { readonly user: string; readonly outcome: 'success' | 'failure' },
): void {
  shop.log.write({
    event: 'login',
    time: new Date().toISOString(),
    peer: exchange.peer,
    user: attempt.user.slice(0, maxLoggedText),
    outcome: attempt.outcome,
    trace: exchange.trace,
    request_id: exchange.requestId,
  })
}
