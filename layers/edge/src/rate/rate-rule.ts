import type { SiteConfig } from '@sevenfold/config'
import type { RequestHead } from '../http/request-head.ts'
import type { Allowance } from './gcra-table.ts'
import { PathSet } from './path-set.ts'

type RuleConfig = SiteConfig['rate']['rules'][number]

/** A rate limit, ready to count. */
export interface RateRule extends Allowance {
  readonly name: string
  readonly key: RuleConfig['key']
  /** Number that sets its keys apart from those of all other rules. */
  readonly space: number
  readonly burst: number
  readonly exact: boolean
  /** True: it only reports. */
  readonly dryRun: boolean
  /** Value of the RateLimit-Policy header (draft-ietf-httpapi-ratelimit-headers). */
  readonly policy: string
  readonly methods: ReadonlySet<string> | null
  readonly paths: PathSet | null
}

/** Makes a rule of its configuration. */
export function rateRule(config: RuleConfig, space: number): RateRule {
  const burst = config.burst ?? config.limit
  const emissionMs = config.perMs / config.limit
  const windowMs = burst * emissionMs
  return {
    name: config.name,
    key: config.key,
    space,
    burst,
    exact: config.exact,
    dryRun: config.dryRun,
    emissionMs,
    windowMs,
    policy: `"${config.name}";q=${burst};w=${Math.max(1, Math.ceil(windowMs / 1000))}`,
    methods: config.methods.length === 0 ? null : new Set(config.methods),
    paths: config.paths.length === 0 ? null : new PathSet(config.paths),
  }
}

/** True when the rule counts a request. @param path made only when a rule asks. */
export function counts(rule: RateRule, head: RequestHead, path: () => string): boolean {
  if (rule.methods !== null && !rule.methods.has(head.method)) return false
  return rule.paths === null || rule.paths.has(path())
}
