import type { SiteConfig } from '@sevenfold/config'
import { createNetworkSet } from '../address/client-address.ts'
import type { NetworkSet } from '../address/client-address.ts'
import { findHeader } from '../http/header-list.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { Allowance, GcraTable } from './gcra-table.ts'
import type { RateKey, RateKeys } from './rate-key.ts'
import { counts, rateRule } from './rate-rule.ts'
import type { RateRule } from './rate-rule.ts'

/** A client, as rate limits know it. */
export interface RateClient {
  readonly address: string
  /** 0 when unknown. */
  readonly asn: number
  /** Empty on a plain connection. */
  readonly ja4: string
  /** Value of a cookie, or undefined. */
  cookie(name: string): string | undefined
}

/** A counter in the primary: for rules that count exactly. */
export interface ExactCounters {
  /**
   * Charges a counter; `told` is called once, later. Milliseconds to wait, 0 when it is allowed, or −1 when the primary
   * did not answer in time.
   */
  charge(key: RateKey, allowance: Allowance, told: (waitMs: number) => void): void
}

/** A refusal. */
export interface RateRefusal {
  readonly rule: string
  /** Whole seconds, at least 1. */
  readonly retryAfter: number
  /** RateLimit and Retry-After headers, each line ended by CR LF. */
  readonly fields: string
}

/** What all sites of a worker share. */
export interface RateShared {
  readonly table: GcraTable
  readonly keys: RateKeys
  readonly exact: ExactCounters | null
  readonly monotonicMs: () => number
}

/** Spaces of keys that belong to no rule; rules count from `firstRule` on. */
export const keySpaces = { work: 1, passes: 2, budget: 3, crawler: 4, firstRule: 64 } as const

/** Spaces of keys of one site: the first half for its rules, the second for counters of its own. */
export const spacesPerSite = 64
const ownSpaces = 32

function refusal(rule: Pick<RateRule, 'name' | 'policy'>, waitMs: number, windowMs: number): RateRefusal {
  const retryAfter = Math.max(1, Math.ceil(waitMs / 1000))
  const reset = Math.max(retryAfter, Math.ceil((waitMs + windowMs) / 1000))
  return {
    rule: rule.name,
    retryAfter,
    fields: `Retry-After: ${retryAfter}\r\nRateLimit-Policy: ${rule.policy}\r\nRateLimit: "${rule.name}";r=0;t=${reset}\r\n`,
  }
}

/** The rate limits of one site. */
export class RateLimiter {
  readonly rules: readonly RateRule[]
  /** True: every answer says what is left. */
  readonly tells: boolean
  private readonly config: SiteConfig['rate']
  private readonly shared: RateShared
  private readonly exempt: NetworkSet
  private readonly work: Allowance
  private readonly siteSpace: number

  /** @param index number of the site in its configuration. */
  constructor(config: SiteConfig['rate'], index: number, shared: RateShared) {
    this.config = config
    this.shared = shared
    this.siteSpace = keySpaces.firstRule + index * spacesPerSite
    this.rules = config.rules.map((rule, at) => rateRule(rule, this.siteSpace + at))
    this.tells = config.headers
    this.exempt = createNetworkSet(config.exempt)
    this.work = { emissionMs: config.work.perMs / config.work.steps, windowMs: config.work.perMs }
  }

  isExempt(address: string): boolean {
    return this.exempt.has(address)
  }

  /**
   * Charges the counter of a rule. Null: the rule allows the request or does not count it. `'ask'`: only the primary
   * can tell; `chargeExact` asks. Hot.
   */
  charge(
    rule: RateRule,
    head: RequestHead,
    client: RateClient,
    path: () => string,
  ): RateRefusal | 'ask' | null {
    if (!counts(rule, head, path)) return null
    const key = this.keyOf(rule, head, client, path)
    if (key === null) return null
    if (rule.exact && this.shared.exact !== null) return 'ask'
    const wait = this.shared.table.charge(key, rule, this.shared.monotonicMs())
    return wait > 0 ? refusal(rule, wait, rule.windowMs) : null
  }

  /** Charges the counter in the primary; when that does not answer, the worker's own counter decides. */
  chargeExact(
    rule: RateRule,
    head: RequestHead,
    client: RateClient,
    how: { path: () => string; told: (refused: RateRefusal | null) => void },
  ): void {
    const key = this.keyOf(rule, head, client, how.path)
    const { exact, table } = this.shared
    if (key === null || exact === null) {
      how.told(null)
      return
    }
    const own = { ...key }
    exact.charge(own, rule, (answer) => {
      const wait = answer < 0 ? table.charge(own, rule, this.shared.monotonicMs()) : answer
      how.told(wait > 0 ? refusal(rule, wait, rule.windowMs) : null)
    })
  }

  /** A refusal when the client's address owes more inspection work than it may. */
  workRefusal(address: string): RateRefusal | null {
    const { keys, table } = this.shared
    if (!keys.client(address)) return null
    const over =
      table.debt(keys.address(this.siteSpace + ownSpaces + keySpaces.work), this.shared.monotonicMs()) -
      this.work.windowMs
    const seconds = Math.ceil(this.work.windowMs / 1000)
    const policy = `"work";q=${this.config.work.steps};w=${seconds}`
    return over > 0 ? refusal({ name: 'work', policy }, over, this.work.windowMs) : null
  }

  /** Charges the client's address with work that the inspection did. */
  chargeWork(address: string, steps: number): void {
    const { keys, table } = this.shared
    if (steps <= 0 || !keys.client(address)) return
    const key = keys.address(this.siteSpace + ownSpaces + keySpaces.work)
    table.add(key, steps * this.work.emissionMs, this.shared.monotonicMs())
  }

  /** RateLimit headers of the strictest rule by address, for answers that are no refusal. */
  tell(address: string): string {
    const rule = this.rules.find(({ key, paths, exact }) => key === 'address' && paths === null && !exact)
    const { keys, table } = this.shared
    if (rule === undefined || !keys.client(address)) return ''
    const debt = table.debt(keys.address(rule.space), this.shared.monotonicMs())
    const left = Math.max(0, Math.floor((rule.windowMs - debt) / rule.emissionMs))
    return `RateLimit-Policy: ${rule.policy}\r\nRateLimit: "${rule.name}";r=${left};t=${Math.ceil(debt / 1000)}\r\n`
  }

  private keyOf(rule: RateRule, head: RequestHead, client: RateClient, path: () => string): RateKey | null {
    const { keys } = this.shared
    const known = keys.client(client.address)
    switch (rule.key) {
      case 'address':
        return known ? keys.address(rule.space) : null
      case 'prefix':
        return known ? keys.prefix(rule.space) : null
      case 'asn':
        return client.asn === 0 ? null : keys.number(rule.space, client.asn)
      case 'ja4':
        return client.ja4 === '' ? null : keys.text(rule.space, client.ja4)
      case 'session':
        return this.textKey(
          rule,
          this.config.sessionCookie === '' ? undefined : client.cookie(this.config.sessionCookie),
        )
      case 'apiKey':
        return this.textKey(rule, findHeader(head.text, this.config.apiKeyHeader))
      case 'route':
        return keys.text(rule.space, path())
      case 'site':
        return keys.number(rule.space, 0)
    }
  }

  private textKey(rule: RateRule, text: string | undefined): RateKey | null {
    return text === undefined || text === '' ? null : this.shared.keys.text(rule.space, text)
  }
}
