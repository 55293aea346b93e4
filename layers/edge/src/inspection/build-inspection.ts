import { dirname } from 'node:path'
import { SeclangError, compileRuleSet, createSeclangInspector, faultText } from '@sevenfold/seclang'
import type { CompileCache } from '@sevenfold/seclang'
import { EdgeError } from '../edge-error.ts'
import type { SiteInspection } from '../pipeline/site.ts'
import { exclusionRules } from '../fixes/site-exclusion.ts'
import type { SiteExclusion } from '../fixes/site-exclusion.ts'
import { diskRuleFiles } from './disk-rule-files.ts'
import { coreFolders, ruleTexts } from './rule-source.ts'
import type { RuleTextOptions } from './rule-source.ts'

/** What an inspection is built from. */
export interface InspectionSource extends RuleTextOptions {
  /** Most engine steps of one request. */
  readonly steps: number
  /** What the rules leave alone; read before them. */
  readonly exclusions?: readonly SiteExclusion[]
  /** Hears of rules of a Core Rule Set that need what is not there, and so never match. */
  readonly onLeftOut?: (message: string) => void
  /** Shared by all rule sets of one process: the second one costs a fraction of the time and memory. */
  readonly cache?: CompileCache
}

/** Steps until the engine gives the worker back; small, so that one request cannot hold up the others. */
const sliceSteps = 3000

function explain(error: unknown): string {
  if (error instanceof SeclangError) return error.faults.slice(0, 5).map(faultText).join('; ')
  return error instanceof Error ? error.message : String(error)
}

/**
 * Compiles the rule sets into one inspection, as a whole or not at all.
 * @returns null when there are no rules.
 * @throws EdgeError EDGE_RULES_INVALID with the place of each fault.
 */
export function buildInspection(source: InspectionSource): SiteInspection | null {
  if (source.rules.length === 0) return null
  try {
    const texts = [exclusionRules(source.exclusions ?? []), ...ruleTexts(source)]
    const published = coreFolders(texts)
    const set = compileRuleSet(texts, {
      files: diskRuleFiles,
      leaveOut: (file) => published.has(dirname(file)),
      ...(source.cache === undefined ? {} : { cache: source.cache }),
    })
    for (const { kind, at, message } of set.warnings)
      if (kind === 'left-out') source.onLeftOut?.(`${at.file}:${at.line}: ${message}`)
    const answers = set.rules.some((rule) => rule.phase === 3 || rule.phase === 4)
    return { inspector: createSeclangInspector(set, { sliceSteps, totalSteps: source.steps }), answers }
  } catch (error) {
    throw new EdgeError('EDGE_RULES_INVALID', `the rules cannot be used: ${explain(error)}`, error)
  }
}
