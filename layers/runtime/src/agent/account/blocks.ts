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

/** What a throttled client may still ask for, in windows of this length. */
export const throttledRequests = 10
export const throttleWindowMs = 10_000

/** One decision in force. */
interface Block {
  /** Milliseconds since 1970. */
  readonly end: number
  /** Only of a client that is slowed down and not kept out. */
  readonly pace?: Pace
}

/** Requests of a throttled client in the current window. */
interface Pace {
  count: number
  windowEnd: number
  /** Requests that were counted: who they work for may be asked several times. */
  readonly counted: WeakSet<object>
}

/** Addresses, users and sessions that decisions keep out or slow down, each until its end. */
export class Blocks {
  readonly #byScope: Readonly<Record<BlockedScope, Map<string, Map<number, Block>>>> = {
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

  /**
   * Takes decisions over. Other scopes and allowances are left to whoever enforces them; a type that cannot be done here
   * (`captcha`) counts as a ban, as the contract of decisions says.
   */
  add(decisions: readonly Decision[]): void {
    for (const { id, scope, value, until, type, simulated } of decisions) {
      const end = Date.parse(until)
      if (!isBlocked(scope) || Number.isNaN(end) || simulated === true || type === 'allow') continue
      const ofValue = this.#byScope[scope].get(value) ?? new Map<number, Block>()
      const pace = { count: 0, windowEnd: 0, counted: new WeakSet() }
      ofValue.set(id, type === 'throttle' ? { end, pace } : { end })
      this.#byScope[scope].set(value, ofValue)
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
      if (known === undefined) continue
      const ofValue = this.#byScope[known.scope].get(known.value)
      ofValue?.delete(id)
      if (ofValue?.size === 0) this.#byScope[known.scope].delete(known.value)
    }
  }

  get size(): number {
    return this.#byId.size
  }

  /** Why a request is not served; undefined for nearly all. */
  refusalOf({ request, user }: RequestContext): EntryRefusal | undefined {
    if (this.#byId.size === 0) return undefined
    const { cookie } = request.headers
    const blocks = [
      ...this.#blocksOf('ip', clientAddressOf(request, this.#trustsProxy)),
      ...(user === undefined ? [] : this.#blocksOf('username', user)),
      ...(cookie === undefined || this.#byScope.session.size === 0
        ? []
        : cookieValues(cookie).flatMap((value) => this.#blocksOf('session', value))),
    ]
    if (blocks.some(({ pace }) => pace === undefined)) return { status: 403 }
    const waits = blocks.flatMap(({ pace }) => (pace === undefined ? [] : this.#waitOf(pace, request)))
    return waits.length === 0 ? undefined : { status: 429, retryAfter: Math.max(...waits) }
  }

  #blocksOf(scope: BlockedScope, value: string): readonly Block[] {
    const ofValue = this.#byScope[scope].get(value)
    return ofValue === undefined ? [] : [...ofValue.values()].filter(({ end }) => end > this.#now())
  }

  /** Counts a request once; the seconds to wait when there were too many in its window. */
  #waitOf(pace: Pace, request: object): readonly number[] {
    const now = this.#now()
    if (pace.windowEnd <= now) {
      pace.count = 0
      pace.windowEnd = now + throttleWindowMs
    }
    if (!pace.counted.has(request)) pace.count += 1
    pace.counted.add(request)
    return pace.count > throttledRequests ? [Math.max(1, Math.ceil((pace.windowEnd - now) / 1000))] : []
  }
}
