import type { SiteInspection } from '../pipeline/site.ts'
import type { SiteExclusion } from './site-exclusion.ts'

/** What a site is inspected with, as configured. */
export interface SiteRules {
  /** Entries of `rules`; none: nothing is inspected. */
  readonly rules: readonly string[]
  readonly paranoia: number
  readonly exclusions: readonly SiteExclusion[]
}

/** Compiles rules with exclusions in front; null when there is nothing to inspect with. */
export type BuildInspection = (rules: SiteRules) => SiteInspection | null

/** Rule sets by what they are made of. */
type Built = ReadonlyMap<string, SiteInspection | null>

/**
 * The inspection of each site. Sites with the same rules and exclusions share one; a fix gives its site another one,
 * compiled once for each change. A fix that cannot be compiled leaves the site as strict as it was.
 */
export class SiteInspections {
  private readonly sites: ReadonlyMap<string, SiteRules>
  private readonly build: BuildInspection
  /** As configured: where the fixes of a site end, nothing is compiled. */
  private readonly base: Built
  private keys: ReadonlyMap<string, string>
  private built: Built

  /** Compiles the rules of all sites. @throws what `build` throws: no edge starts with rules that cannot be used. */
  constructor(sites: ReadonlyMap<string, SiteRules>, build: BuildInspection) {
    this.sites = sites
    this.build = build
    const built = new Map<string, SiteInspection | null>()
    const keys = new Map<string, string>()
    for (const [site, rules] of sites) {
      const key = keyOf(rules)
      keys.set(site, key)
      if (!built.has(key)) built.set(key, build(rules))
    }
    this.keys = keys
    this.base = built
    this.built = built
  }

  /** All different inspections in force. */
  get all(): readonly SiteInspection[] {
    return [...this.built.values()].filter((inspection) => inspection !== null)
  }

  of(site: string): SiteInspection | null {
    return this.built.get(this.keys.get(site) ?? '') ?? null
  }

  /** Puts fixes in force besides what is configured, all that are given and no others. Returns what could not be compiled. */
  use(fixes: readonly SiteExclusion[]): readonly string[] {
    const problems: string[] = []
    const keys = new Map<string, string>()
    const built = new Map<string, SiteInspection | null>()
    for (const [site, configured] of this.sites) {
      const own = fixes.filter((fix) => fix.site === site)
      const rules = { ...configured, exclusions: [...configured.exclusions, ...own] }
      const key = keyOf(rules)
      try {
        if (!built.has(key)) built.set(key, this.known(key) ?? this.build(rules))
        keys.set(site, key)
      } catch (error) {
        problems.push(`site ${site}: ${error instanceof Error ? error.message : String(error)}`)
        const strict = keyOf(configured)
        keys.set(site, strict)
        built.set(strict, this.base.get(strict) ?? null)
      }
    }
    this.keys = keys
    this.built = built
    return problems
  }

  private known(key: string): SiteInspection | null | undefined {
    return this.built.get(key) ?? this.base.get(key)
  }
}

/** Equal for equal rules: ids of fixes do not matter, what they leave out does. */
function keyOf({ rules, paranoia, exclusions }: SiteRules): string {
  return JSON.stringify([
    rules,
    paranoia,
    exclusions.map(({ rule, path, variable }) => [rule, path, variable]),
  ])
}
