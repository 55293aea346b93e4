import { oneOfItems } from '../compile-cache.ts'
import { isPure, partsOf, type Ir } from '../ir/ir.ts'

/** An equality that an expression cannot be true without: a text and the values it must have one of. */
export interface Guard {
  readonly text: Ir
  readonly values: readonly string[]
}

/**
 * The equalities at the top level of an expression, as far as nothing before them writes. Telling them first changes
 * nothing but the failures of what stands before them, which make the expression not true as well.
 */
export function guardsOf(node: Ir): readonly Guard[] {
  const guards: Guard[] = []
  collect(node, guards)
  return guards
}

/** Gives false once a part that writes was met. */
function collect(node: Ir, guards: Guard[]): boolean {
  if (node.kind === 'and') return collect(node.left, guards) && collect(node.right, guards)
  if (node.kind === 'let') return isPure(node.value) && collect(node.body, guards)
  const guard = guardOf(node)
  if (guard !== undefined && !usesLocals(guard.text)) guards.push(guard)
  return isPure(node)
}

function guardOf(node: Ir): Guard | undefined {
  if (
    node.kind === 'operator' &&
    node.operator === '===' &&
    node.left.type.kind === 'string' &&
    node.right.kind === 'constant'
  ) {
    return typeof node.right.value === 'string' ? { text: node.left, values: [node.right.value] } : undefined
  }
  const [text] = node.kind === 'call' ? node.args : []
  const items = node.kind === 'call' ? oneOfItems.get(node.fn) : undefined
  if (text?.type.kind !== 'string' || items === undefined) return undefined
  return { text, values: [...items].filter((item) => typeof item === 'string') }
}

function usesLocals(node: Ir): boolean {
  return node.kind === 'local' || partsOf(node).some((part) => usesLocals(part))
}
