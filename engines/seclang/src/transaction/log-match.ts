import type { CompiledRule } from '../compile/compiled-rule-set.ts'
import type { Pending } from './paused-rule.ts'
import type { Transaction } from './transaction.ts'

/** Longest log data of a match. */
export const maxMatchData = 200
/** Most matches reported of one transaction; further ones still count in the scores. */
export const maxMatches = 500

/** Adds a matched rule to the report, unless it is a `nolog` rule. */
export function logMatch(tx: Transaction, rule: CompiledRule, pending: Pending): void {
  if (rule.auditLog) tx.isRelevant = true
  if (!rule.log || tx.matches.length >= maxMatches) return
  tx.matches.push({
    ruleId: String(rule.id),
    phase: rule.phase,
    message: pending.message,
    data: pending.data.length > maxMatchData ? pending.data.slice(0, maxMatchData) : pending.data,
    severity: pending.severity,
    tags: rule.tags.map((tag) => tag.constant ?? tag.expand(tx, rule)),
    variable: pending.variable,
    ruleset: rule.ver,
    disruptive: rule.effect.kind !== 'pass' && rule.effect.kind !== 'allow' && tx.engine === 'on',
  })
}
