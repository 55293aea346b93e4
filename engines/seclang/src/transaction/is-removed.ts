import type { CompiledRule } from '../compile/compiled-rule-set.ts'
import { passesFilter } from './passes-filter.ts'
import type { Transaction } from './transaction.ts'

/** Whether `ctl:ruleRemoveTarget…` took a member of a variable away from a rule; null names a variable without members. */
export function isRemoved(
  tx: Transaction,
  rule: CompiledRule,
  member: { label: string; name: string | null },
): boolean {
  return (tx.targetRemovals ?? []).some(
    (removal) =>
      removal.rules[rule.index] === 1 &&
      removal.name === member.label &&
      (removal.filter.kind === 'all' ||
        (member.name !== null && passesFilter(removal.filter, member.name, tx))),
  )
}
