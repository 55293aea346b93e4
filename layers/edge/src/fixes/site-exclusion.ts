import type { RuleText } from '@sevenfold/seclang'
import { exclusionText, firstExclusionId } from '@sevenfold/seclang/tools'
import type { ExclusionFix } from './fix.ts'

/** An exclusion as a worker needs it. */
export type SiteExclusion = Pick<ExclusionFix, 'id' | 'site' | 'rule' | 'path' | 'variable'>

/** What is left of an exclusion for the workers. */
export function siteExclusion({ id, site, rule, path, variable }: ExclusionFix): SiteExclusion {
  return { id, site, rule, path, variable }
}

/** SecLang of the exclusions of one site, to be read before its rules. Throws when one cannot be written safely. */
export function exclusionRules(exclusions: readonly SiteExclusion[]): RuleText {
  const texts = exclusions.map(({ rule, path, variable }, index) =>
    exclusionText({ ruleId: rule, path, variable, id: firstExclusionId + index }),
  )
  return { file: 'exclusions', text: texts.join('') }
}
