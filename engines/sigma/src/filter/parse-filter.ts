import type { DetectionNode } from '../detection/detection-node.ts'
import { SigmaError } from '../error.ts'
import { parseDetection, parseInfo, parseLogSource } from '../rule/parse-rule.ts'
import type { LogSource, RuleInfo, SigmaRule } from '../rule/sigma-rule.ts'
import { mapAt, textsAt } from '../rule/source.ts'
import type { SigmaMap } from '../rule/source.ts'
import type { Placeholders } from '../detection/parse-detection.ts'

/** A global filter: a further condition for rules that it names. */
export interface SigmaFilter {
  readonly kind: 'filter'
  readonly info: RuleInfo
  readonly logsource: LogSource
  /** Ids or names; `any` stands for all rules of the log source. */
  readonly rules: readonly string[]
  readonly detection: DetectionNode
}

/**
 * Reads a filter (Sigma filters specification 2.0).
 * @throws SigmaError for anything that is not understood.
 */
export function parseFilter(document: SigmaMap, placeholders: Placeholders): SigmaFilter {
  const { rules: named, ...map } = mapAt(document, 'filter', [])
  const rules = textsAt({ rules: named ?? null }, 'rules', ['filter'])
  if (rules.length === 0)
    throw new SigmaError('SIGMA_FILTER', ['filter', 'rules'], 'a filter names its rules, or any')
  return {
    kind: 'filter',
    info: parseInfo(document),
    logsource: parseLogSource(document),
    rules,
    detection: parseDetection(map, placeholders, ['filter']),
  }
}

function covers(filter: LogSource, rule: LogSource): boolean {
  const fits = (key: keyof LogSource): boolean => filter[key] === undefined || filter[key] === rule[key]
  return fits('category') && fits('product') && fits('service')
}

function names(filter: SigmaFilter, rule: SigmaRule): boolean {
  return filter.rules.some(
    (name) => name.toLowerCase() === 'any' || name === rule.info.id || name === rule.info.name,
  )
}

/** The rule with the conditions of all filters that name it and fit its log source. */
export function applyFilters(rule: SigmaRule, filters: readonly SigmaFilter[]): SigmaRule {
  const applied = filters.filter((filter) => names(filter, rule) && covers(filter.logsource, rule.logsource))
  if (applied.length === 0) return rule
  return {
    ...rule,
    detection: { kind: 'and', of: [rule.detection, ...applied.map((filter) => filter.detection)] },
  }
}
