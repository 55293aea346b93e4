import type { Condition } from '../condition/condition.ts'
import { SigmaError } from '../error.ts'
import type { SigmaPath } from '../rule/source.ts'
import { join } from './detection-node.ts'
import type { DetectionNode } from './detection-node.ts'

/** The selections of one rule by name. */
export type Selections = ReadonlyMap<string, DetectionNode>

function namesFor(pattern: string, selections: Selections): readonly string[] {
  const names = [...selections.keys()]
  // A leading underscore hides a selection from "them", and from patterns that do not begin with one themselves.
  const shown = pattern.startsWith('_') ? names : names.filter((name) => !name.startsWith('_'))
  if (pattern === 'them') return shown
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.\\+?^${}()|[\]-]/g, '\\$&'))
  const test = new RegExp(`^${parts.join('.*')}$`)
  return shown.filter((name) => test.test(name))
}

/**
 * Puts the selections into a condition.
 * @throws SigmaError SIGMA_CONDITION for a name that stands for nothing.
 */
export function resolveCondition(
  condition: Condition,
  selections: Selections,
  path: SigmaPath,
): DetectionNode {
  switch (condition.kind) {
    case 'selection': {
      const node = selections.get(condition.name)
      if (node === undefined)
        throw new SigmaError('SIGMA_CONDITION', path, `no selection is called ${condition.name}`)
      return node
    }
    case 'not':
      return { kind: 'not', of: resolveCondition(condition.of, selections, path) }
    case 'and':
    case 'or':
      return join(
        condition.kind,
        condition.of.map((part) => resolveCondition(part, selections, path)),
      )
    case 'quantified': {
      const names = namesFor(condition.pattern, selections)
      if (names.length === 0)
        throw new SigmaError('SIGMA_CONDITION', path, `no selection fits ${condition.pattern}`)
      const nodes = names.flatMap((name) => selections.get(name) ?? [])
      return join(condition.quantifier === 'all' ? 'and' : 'or', nodes)
    }
  }
}
