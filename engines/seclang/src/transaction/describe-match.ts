import type { CompiledRule, Link } from '../compile/compiled-rule-set.ts'
import type { Pending } from './paused-rule.ts'
import type { Transaction } from './transaction.ts'

/** What the report of the rule in hand will say; one for all, because evaluation is synchronous and never nested. */
export const pending: Pending = { message: '', data: '', severity: null, variable: '' }

/** CRS counts on texts being expanded when the whole chain has matched: captures are those of the last link. */
export function describeMatch(tx: Transaction, rule: CompiledRule): void {
  for (let link: Link | null = rule.link; link !== null; link = link.next) {
    if (pending.message === '' && link.msg !== null) pending.message = link.msg.expand(tx, rule)
    if (pending.data === '' && link.logData !== null) pending.data = link.logData.expand(tx, rule)
  }
}
