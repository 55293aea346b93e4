import type { SiteInspection } from '../pipeline/site.ts'
import type { SiteExclusion } from './site-exclusion.ts'

/** Compiles the rules of the edge with the exclusions of one site in front. */
export type BuildExcluding = (exclusions: readonly SiteExclusion[]) => SiteInspection | null

interface Built {
  readonly key: string
  readonly inspection: SiteInspection | null
}

/**
 * The inspection of each site. Sites without exclusions share one; a site with some has its own, compiled once for
 * each change of its exclusions. An exclusion that cannot be compiled leaves the site as strict as it was.
 */
export class SiteInspections {
  private readonly base: SiteInspection | null
  private readonly build: BuildExcluding
  private sites: ReadonlyMap<string, Built> = new Map()

  constructor(base: SiteInspection | null, build: BuildExcluding) {
    this.base = base
    this.build = build
  }

  of(site: string): SiteInspection | null {
    const own = this.sites.get(site)
    return own === undefined ? this.base : own.inspection
  }

  /** Puts exclusions in force, all that are given and no others. Returns what could not be compiled. */
  use(exclusions: readonly SiteExclusion[]): readonly string[] {
    const problems: string[] = []
    if (this.base === null) return problems
    const bySite = new Map<string, SiteExclusion[]>()
    for (const exclusion of exclusions) {
      const list = bySite.get(exclusion.site) ?? []
      list.push(exclusion)
      bySite.set(exclusion.site, list)
    }
    const next = new Map<string, Built>()
    for (const [site, list] of bySite) {
      const key = JSON.stringify(list)
      const before = this.sites.get(site)
      if (before?.key === key) next.set(site, before)
      else {
        try {
          next.set(site, { key, inspection: this.build(list) })
        } catch (error) {
          problems.push(`site ${site}: ${error instanceof Error ? error.message : String(error)}`)
        }
      }
    }
    this.sites = next
    return problems
  }
}
