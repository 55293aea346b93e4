import { operatorFunctions } from '../runtime/apply-operator.ts'

import type { KnownArgument } from '../function-spec.ts'
import type { Ir } from '../ir/ir.ts'

/** The value of a node that is the same in every evaluation. */
export function constantOf(node: Ir): KnownArgument | undefined {
  return node.kind === 'constant' ? { value: node.value } : undefined
}

/** The node, or its value when all its parts are known. Only for nodes that give the same whenever they run. */
export function folded(node: Ir): Ir {
  const parts = node.kind === 'call' ? node.args : node.kind === 'operator' ? [node.left, node.right] : []
  const values = parts.map((part) => (part.kind === 'constant' ? part : undefined))
  if (values.length === 0 || !values.every((value) => value !== undefined)) return node
  const known = values.map((value) => value.value)
  try {
    const value = run(node, known)
    return { kind: 'constant', type: node.type, value }
  } catch {
    // It fails whenever it runs: left as it is, it fails there, with its position.
    return node
  }
}

function run(node: Ir, known: readonly unknown[]): unknown {
  if (node.kind === 'operator') {
    return (operatorFunctions[node.operator] as (a: unknown, b: unknown) => unknown)(known[0], known[1])
  }
  if (node.kind !== 'call') throw new TypeError('not a call')
  return (node.fn as (...args: unknown[]) => unknown)(...known, ...(node.at === undefined ? [] : [node.at]))
}
