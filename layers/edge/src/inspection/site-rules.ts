import type { EdgeConfig } from '@sevenfold/config'
import type { SiteRules } from '../fixes/site-inspections.ts'

/** What each site is inspected with: its own rules, paranoia and exclusions, else those of the edge. */
export function siteRules({
  sites,
  rules,
  paranoia,
}: Pick<EdgeConfig, 'sites' | 'rules' | 'paranoia'>): ReadonlyMap<string, SiteRules> {
  return new Map(
    sites.map((site) => {
      const exclusions = (site.exclusions ?? []).map(({ rule, path, variable }, index) => ({
        id: `configured-${index}`,
        site: site.name,
        rule: String(rule),
        path,
        variable: variable ?? null,
      }))
      // Rules are compiled only when the site can use them: an edge that only applies decisions stays small.
      const used = site.steps.waf === 'off' ? [] : (site.rules ?? rules)
      return [site.name, { rules: used, paranoia: site.paranoia ?? paranoia, exclusions }]
    }),
  )
}
