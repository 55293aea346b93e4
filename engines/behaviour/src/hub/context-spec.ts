import type { RuleDocument, RuleProblem } from './rule-document.ts'
import { RuleReader } from './rule-reader.ts'
import type { RulePlace } from './rule-reader.ts'

/** One key that alerts carry, and the expressions that give its values. */
export interface ContextSpec {
  readonly key: string
  readonly expressions: readonly string[]
  readonly place: RulePlace
}

/** Reads a context file (`context: {key: [expression, …]}`). */
export function readContextSpecs(document: RuleDocument, problems: RuleProblem[]): readonly ContextSpec[] {
  if (document.value === null) return []
  const reader = new RuleReader(document, problems)
  const context = reader.inner('context')
  reader.end()
  if (context === undefined) return []
  return context.keys().map((key) => ({ key, expressions: context.texts(key), place: context.place }))
}
