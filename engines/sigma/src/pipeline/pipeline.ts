import type { DetectionNode, Leaf } from '../detection/detection-node.ts'
import { SigmaError } from '../error.ts'
import { isMap, mapAt } from '../rule/source.ts'
import type { SigmaMap, SigmaValue } from '../rule/source.ts'
import { parseLogSource } from '../rule/parse-rule.ts'
import type { LogSource, SigmaRule } from '../rule/sigma-rule.ts'

/** What the field names of rules for one log source are called in the events. */
export interface FieldMapping {
  readonly logsource: LogSource
  /** Name in the rule → name in the event, for example `cs-uri-query` → `url.query`. */
  readonly fields: Readonly<Record<string, string>>
}

/** Most names in one mapping. */
export const maxMappedFields = 2_000

/**
 * Reads one mapping: `{logsource: {…}, fields: {name: name}}`.
 * @throws SigmaError SIGMA_DOCUMENT.
 */
export function parseMapping(value: SigmaValue): FieldMapping {
  if (!isMap(value)) throw new SigmaError('SIGMA_DOCUMENT', [], 'a field mapping is a mapping')
  const fields = mapAt(value, 'fields', [])
  const names = Object.entries(fields)
  if (names.length > maxMappedFields)
    throw new SigmaError('SIGMA_LIMIT', ['fields'], `more than ${maxMappedFields} names`)
  return { logsource: parseLogSource(value), fields: Object.fromEntries(names.map(readName)) }
}

function readName([name, other]: [string, SigmaMap[string]]): [string, string] {
  if (typeof other === 'string' && other !== '') return [name, other]
  throw new SigmaError('SIGMA_DOCUMENT', ['fields', name], 'a field maps to the name of another')
}

/** A mapping speaks for a rule whose log source says at least what the mapping's does. */
function covers(mapping: LogSource, rule: LogSource): boolean {
  const fits = (key: keyof LogSource): boolean => mapping[key] === undefined || mapping[key] === rule[key]
  return fits('category') && fits('product') && fits('service')
}

/** Where a rule's field stands in an event. */
export type Rename = (field: string) => string

/** The names for rules of a log source; later mappings win. */
export function renameFor(logsource: LogSource, mappings: readonly FieldMapping[]): Rename {
  const names = new Map(
    mappings
      .filter((mapping) => covers(mapping.logsource, logsource))
      .flatMap(({ fields }) => Object.entries(fields)),
  )
  return (field) => names.get(field) ?? field
}

function renameLeaf(leaf: Leaf, rename: Rename): Leaf {
  if (!('field' in leaf)) return leaf
  const renamed = { ...leaf, field: rename(leaf.field) }
  return renamed.kind === 'fieldref' ? { ...renamed, other: rename(renamed.other) } : renamed
}

function renameNode(node: DetectionNode, rename: Rename): DetectionNode {
  switch (node.kind) {
    case 'leaf':
      return { kind: 'leaf', leaf: renameLeaf(node.leaf, rename) }
    case 'not':
      return { kind: 'not', of: renameNode(node.of, rename) }
    case 'and':
    case 'or':
      return { kind: node.kind, of: node.of.map((child) => renameNode(child, rename)) }
  }
}

/** The rule in the names of the events. */
export function mapRule(rule: SigmaRule, mappings: readonly FieldMapping[]): SigmaRule {
  if (mappings.length === 0) return rule
  return { ...rule, detection: renameNode(rule.detection, renameFor(rule.logsource, mappings)) }
}
