import { evaluateClosed } from '../backend/evaluate-closed.ts'
import { intType } from '../type.ts'
import { isSteady, partsOf, withParts, type Ir } from '../ir/ir.ts'

/** Longest list whose items' values are kept. */
const maxItems = 10_000

/**
 * The body of a predicate over a list that is known beforehand, with what it computes of the item alone (`Upper(#)`,
 * `JsonExtract(#, "uri")`) computed now, for each item once.
 */
export function itemValues(list: Ir, body: Ir, item: number): Ir {
  if (list.kind !== 'constant' || !Array.isArray(list.value) || list.value.length > maxItems) return body
  return rewritten(body, { items: list.value, item })
}

interface Known {
  readonly items: readonly unknown[]
  readonly item: number
}

function rewritten(node: Ir, known: Known): Ir {
  if (node.kind === 'call' && isOfItem(node, known.item)) {
    const values = known.items.map((value) => evaluateClosed(node, known.item, value))
    // A computation that fails is left where it fails.
    if (!values.includes(undefined)) return valueAt(node, values, known.item)
  }
  const parts = partsOf(node)
  return parts.length === 0
    ? node
    : withParts(
        node,
        parts.map((part) => rewritten(part, known)),
      )
}

function isOfItem(node: Ir, item: number): boolean {
  return isSteady(node) && localsOf(node).length > 0 && localsOf(node).every((index) => index === item)
}

function localsOf(node: Ir): readonly number[] {
  return node.kind === 'local' ? [node.index] : partsOf(node).flatMap((part) => localsOf(part))
}

function valueAt(node: Ir, values: readonly unknown[], item: number): Ir {
  const position: Ir = { kind: 'local', type: intType, index: item + 1 }
  return { kind: 'call', type: node.type, fn: (index: number) => values[index], args: [position], pure: true }
}
