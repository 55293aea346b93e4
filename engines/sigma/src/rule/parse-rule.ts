import { parseCondition } from '../condition/parse-condition.ts'
import { join } from '../detection/detection-node.ts'
import type { DetectionNode } from '../detection/detection-node.ts'
import { parseSelection } from '../detection/parse-detection.ts'
import type { DetectionContext, Placeholders } from '../detection/parse-detection.ts'
import { resolveCondition } from '../detection/resolve-condition.ts'
import { SigmaError } from '../error.ts'
import { mapAt, textAt, textsAt } from './source.ts'
import type { SigmaMap, SigmaPath } from './source.ts'
import type { LogSource, RuleInfo, SigmaRule } from './sigma-rule.ts'

/** The descriptive part that all kinds of Sigma documents share. */
export function parseInfo(document: SigmaMap): RuleInfo {
  // Rules that only feed a correlation may have no more than a name.
  const title =
    textAt(document, 'title', []) || textAt(document, 'name', []) || textAt(document, 'id', []) || ''
  if (title === '') throw new SigmaError('SIGMA_DOCUMENT', ['title'], 'a rule needs a title')
  const optional = (key: string): Record<string, string> => {
    const value = textAt(document, key, [])
    return value === undefined ? {} : { [key]: value }
  }
  return {
    id: textAt(document, 'id', []) ?? textAt(document, 'name', []) ?? title,
    title,
    ...optional('name'),
    ...optional('author'),
    ...optional('level'),
    ...optional('status'),
    ...optional('description'),
    tags: textsAt(document, 'tags', []),
    falsePositives: textsAt(document, 'falsepositives', []),
  }
}

/** The log source of a rule or filter, lower case. */
export function parseLogSource(document: SigmaMap): LogSource {
  const source = mapAt(document, 'logsource', [])
  const optional = (key: string): Record<string, string> => {
    const value = textAt(source, key, ['logsource'])
    return value === undefined ? {} : { [key]: value.toLowerCase() }
  }
  return { ...optional('category'), ...optional('product'), ...optional('service') }
}

/** Reads selections and condition of a `detection` or `filter` mapping. */
export function parseDetection(map: SigmaMap, placeholders: Placeholders, path: SigmaPath): DetectionNode {
  const context: DetectionContext = { placeholders, budget: { values: 0 } }
  const selections = new Map<string, DetectionNode>()
  for (const [name, value] of Object.entries(map)) {
    if (name === 'condition' || name === 'timeframe') continue
    selections.set(name, parseSelection(value, context, [...path, name]))
  }
  const conditions = textsAt(map, 'condition', path)
  if (conditions.length === 0)
    throw new SigmaError('SIGMA_CONDITION', [...path, 'condition'], 'a condition is missing')
  if (map['timeframe'] !== undefined) {
    throw new SigmaError(
      'SIGMA_DETECTION',
      [...path, 'timeframe'],
      'timeframe needs an aggregation; use a correlation rule',
    )
  }
  const where = [...path, 'condition']
  return join(
    'or',
    conditions.map((text) => resolveCondition(parseCondition(text, where), selections, where)),
  )
}

/**
 * Reads a detection rule (Sigma specification 2.1).
 * @throws SigmaError for anything that is not understood.
 */
export function parseRule(document: SigmaMap, placeholders: Placeholders): SigmaRule {
  return {
    kind: 'detection',
    info: parseInfo(document),
    logsource: parseLogSource(document),
    detection: parseDetection(mapAt(document, 'detection', []), placeholders, ['detection']),
  }
}
