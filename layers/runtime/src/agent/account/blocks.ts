import type { Decision } from '@sevenfold/event'
import type { RequestContext } from '../request-context.ts'
import { clientAddressOf } from '../report/request-facts.ts'
import type { EntryRefusal } from './account.ts'

/** Decisions that are kept; the oldest go first. */
export const maxDecisions = 20_000

type BlockedScope = 'ip' | 'username' | 'session'
const scopes: readonly BlockedScope[] = ['ip', 'username', 'session']

function isBlocked(scope: string): scope is BlockedScope {
  return (scopes as readonly string[]).includes(scope)
}

function cookieValues(cookie: string): readonly string[] {
  return cookie.split(';').map((pair) => {
    const value = pair.slice(pair.indexOf('=') + 1).trim()
    try {
      return decodeURIComponent(value)
    } catch {
      return value
    }
  })
}

/** Addresses, users and sessions that decisions keep out, each until its end. */
export class Blocks {
  readonly #byScope: Readonly<Record<BlockedScope, Map<string, number>>> = {
    ip: new Map(),
    username: new Map(),
    session: new Map(),
  }
  readonly #byId = new Map<number, { readonly scope: BlockedScope; readonly value: string }>()
  readonly #now: () => number
  readonly #trustsProxy: boolean

  constructor(now: () => number, trustsProxy: boolean) {
    this.#now = now
    this.#trustsProxy = trustsProxy
  }

  /** Takes decisions over. Other scopes and gentler types are left to whoever enforces them. */
  add(decisions: readonly Decision[]): void {
    for (const { id, scope, value, until, type, simulated } of decisions) {
      const end = Date.parse(until)
      if (!isBlocked(scope) || Number.isNaN(end) || simulated === true || type === 'allow') continue
      this.#byScope[scope].set(value, end)
      this.#byId.set(id, { scope, value })
      const oldest = this.#byId.size > maxDecisions ? this.#byId.keys().next() : undefined
      if (oldest !== undefined && oldest.done !== true) this.remove([oldest.value])
    }
  }

  /** Lifts decisions. */
  remove(ids: readonly number[]): void {
    for (const id of ids) {
      const known = this.#byId.get(id)
      this.#byId.delete(id)
      if (known !== undefined) this.#byScope[known.scope].delete(known.value)
    }
  }

  get size(): number {
    return this.#byId.size
  }

  /** Why a request is not served; undefined for nearly all. */
  refusalOf({ request, user }: RequestContext): EntryRefusal | undefined {
    if (this.#byId.size === 0) return undefined
    const { cookie } = request.headers
    const isOut =
      this.#isOut('ip', clientAddressOf(request, this.#trustsProxy)) ||
      (user !== undefined && this.#isOut('username', user)) ||
      (cookie !== undefined &&
        this.#byScope.session.size > 0 &&
        cookieValues(cookie).some((value) => this.#isOut('session', value)))
    return isOut ? { status: 403 } : undefined
  }

  #isOut(scope: BlockedScope, value: string): boolean {
    const end = this.#byScope[scope].get(value)
    return end !== undefined && end > this.#now()
  }
}
