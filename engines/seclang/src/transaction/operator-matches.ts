import { leadingNumber } from '../compile/compile-operator.ts'
import type { CompiledRule, LinkOperator, NumberSource } from '../compile/compiled-rule-set.ts'
import { compare } from '../compile/fold-phases.ts'
import type { Transaction } from './transaction.ts'

/** Work of an operator that reads a value several times, in the time of a step, bytes. */
export const workAStep = 8
/** What it costs on a short value besides, steps. */
const searchSteps = 8

/** Steps that an operator takes for a value. */
export function stepsOf(operator: LinkOperator, value: string): number {
  return operator.kind === 'matcher' && operator.matcher.open !== undefined
    ? searchSteps + Math.ceil(value.length / workAStep)
    : 1 + (value.length >> 5)
}

/** Whether a number fulfils a comparison. */
export function compares(
  value: number,
  operator: LinkOperator & { kind: 'compare' },
  tx: Transaction,
): boolean {
  return compare(operator.comparison, value, boundOf(operator.bound, tx))
}

function boundOf(bound: NumberSource, tx: Transaction): number {
  if (bound.macro === null) return bound.constant
  const value = bound.slot >= 0 ? tx.tx.slots[bound.slot] : bound.macro.expand(tx, null)
  return typeof value === 'number' ? value : leadingNumber(value ?? '')
}

/** Whether a value fulfils an operator; captures are filled on a match. */
export function operatorMatches(
  operator: LinkOperator,
  value: string,
  { tx, rule, captures }: { tx: Transaction; rule: CompiledRule; captures: string[] | null },
): boolean {
  switch (operator.kind) {
    case 'always':
      return true
    case 'compare':
      return compares(leadingNumber(value), operator, tx)
    case 'matcher':
      return operator.matcher.match(value, captures) !== operator.negated
    case 'dynamic': {
      const matcher = operator.compile(operator.macro.expand(tx, rule))
      return matcher.match(value, captures) !== operator.negated
    }
  }
}
