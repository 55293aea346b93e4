import type { Expression } from '../expr/expression.ts'
import type { EventRecord, MetaItem } from '../record.ts'

/** A key that alerts carry, compiled. */
export interface CompiledContext {
  readonly key: string
  readonly expressions: readonly Expression[]
}

/** Longest value of one key, in UTF-16 units; more is dropped from its end. */
export const maxContextLength = 4_000

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean')
    return [String(value)]
  return Array.isArray(value) ? value.flatMap(textsOf) : []
}

function cut(values: readonly string[]): string {
  let kept = [...values]
  let text = JSON.stringify(kept)
  while (text.length > maxContextLength) {
    const [first = ''] = kept
    kept = kept.length > 1 ? kept.slice(0, -1) : [`${first.slice(0, first.length / 2)}...`]
    text = JSON.stringify(kept)
  }
  return text
}

/** What the contexts find in the events of an alert: each distinct value of a key, as a JSON list. */
export function contextOf(
  queue: readonly EventRecord[],
  contexts: readonly CompiledContext[],
  ruleScope: readonly [match: unknown, request: unknown],
): readonly MetaItem[] {
  const items: MetaItem[] = []
  for (const { key, expressions } of contexts) {
    const values = new Set<string>()
    for (const record of queue) {
      for (const expression of expressions) {
        for (const text of evaluated(expression, [record, ...ruleScope])) if (text !== '') values.add(text)
      }
    }
    if (values.size > 0) items.push({ Key: key, Value: cut([...values]) })
  }
  return items
}

function evaluated(expression: Expression, scope: readonly unknown[]): readonly string[] {
  try {
    return textsOf(expression.evaluate(scope))
  } catch {
    return []
  }
}
