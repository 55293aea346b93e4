import type { RequestContext } from '../request-context.ts'
import { clientAddressOf } from '../report/request-facts.ts'
import type { EntryRefusal } from './account.ts'

/** Clients and users that are counted at once for all limits together; the oldest are forgotten. */
export const maxCounted = 20_000
export const maxLimits = 100

/** So many requests of one client to one route in so much time. */
export interface RateLimit {
  /** `POST /login`; without a method every one; a path that ends in `*` and all below it. */
  readonly route: string
  readonly limit: number
  readonly windowMs: number
  /** `session`: by the cookies, or the address of who has none. */
  readonly per: 'address' | 'session'
}

const form = /^(?:([A-Z]+) )?(\/\S*) (\d{1,7})\/(\d{1,6})(s|m|h)(?: (address|session))?$/
const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 }

/** Reads `POST /login 5/60s session; GET /search* 100/1m`. Throws an `Error` for anything else. */
export function parseRateLimits(text: string): readonly RateLimit[] {
  const parts = text.split(';').map((part) => part.trim())
  const limits = parts
    .filter((part) => part !== '')
    .map((part): RateLimit => {
      const [, method, path = '', limit, time, unit = '', per] = form.exec(part) ?? []
      const windowMs = Number(time) * (units[unit] ?? 0)
      if (path === '' || Number(limit) < 1 || windowMs < 1)
        throw new Error(`a rate limit reads "POST /login 5/60s session" and not ${JSON.stringify(part)}`)
      return {
        route: method === undefined ? path : `${method} ${path}`,
        limit: Number(limit),
        windowMs,
        per: per === 'session' ? 'session' : 'address',
      }
    })
  if (limits.length > maxLimits) throw new Error(`at most ${maxLimits} rate limits`)
  return limits
}

function fits(route: string, method: string, path: string): boolean {
  const [first = '', second] = route.split(' ')
  const wanted = second ?? first
  if (second !== undefined && first !== method) return false
  return wanted.endsWith('*') ? path.startsWith(wanted.slice(0, -1)) : path === wanted
}

interface Count {
  count: number
  readonly end: number
}

/** Counts requests in fixed windows. */
export class RateLimits {
  readonly #limits: readonly RateLimit[]
  readonly #counts = new Map<string, Count>()
  readonly #now: () => number
  readonly #trustsProxy: boolean

  constructor(limits: readonly RateLimit[], now: () => number, trustsProxy: boolean) {
    this.#limits = limits
    this.#now = now
    this.#trustsProxy = trustsProxy
  }

  /** Counts a request; why it is not served, or undefined. */
  refusalOf({ request }: RequestContext): EntryRefusal | undefined {
    if (this.#limits.length === 0) return undefined
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
    let refusal: EntryRefusal | undefined
    for (const [i, { route, limit, windowMs, per }] of this.#limits.entries()) {
      if (!fits(route, request.method ?? '', path)) continue
      const { cookie } = request.headers
      const client =
        per === 'session' && cookie !== undefined
          ? `c${cookie}`
          : `a${clientAddressOf(request, this.#trustsProxy)}`
      const end = this.#count(`${i} ${client}`, limit, windowMs)
      if (end !== undefined)
        refusal = { status: 429, retryAfter: Math.max(1, Math.ceil((end - this.#now()) / 1000)) }
    }
    return refusal
  }

  /** Counts one; when its window ends if there were too many in it. */
  #count(key: string, limit: number, windowMs: number): number | undefined {
    const now = this.#now()
    const known = this.#counts.get(key)
    if (known !== undefined && known.end > now) {
      known.count += 1
      return known.count > limit ? known.end : undefined
    }
    this.#counts.delete(key)
    this.#counts.set(key, { count: 1, end: now + windowMs })
    if (this.#counts.size > maxCounted) {
      const oldest = this.#counts.keys().next()
      if (oldest.done !== true) this.#counts.delete(oldest.value)
    }
    return undefined
  }
}
