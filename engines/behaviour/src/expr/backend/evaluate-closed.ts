import { toClosure } from './closures.ts'

import type { Ir } from '../ir/ir.ts'

/** The value of a node that reads nothing but one local. Undefined when its evaluation fails. */
export function evaluateClosed(node: Ir, local: number, value: unknown): unknown {
  const locals: unknown[] = []
  locals[local] = value
  const run = toClosure(node, { budget: { left: 10_000 }, shared: undefined })
  try {
    return run({ scope: [], locals })
  } catch {
    return undefined
  }
}
