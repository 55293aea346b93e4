import type { Transaction } from '../transaction/transaction.ts'
import type { CompiledRule } from './compiled-rule-set.ts'

/** Names of the members of RULE. */
export const ruleAttributes = [
  'id',
  'rev',
  'severity',
  'logdata',
  'msg',
  'phase',
  'ver',
  'maturity',
  'accuracy',
] as const

/** Value of `RULE:name`; empty for unknown names. */
export function ruleAttribute(tx: Transaction, rule: CompiledRule, name: string): string {
  switch (name) {
    case 'id':
      return String(rule.id)
    case 'rev':
      return rule.rev
    case 'ver':
      return rule.ver
    case 'maturity':
      return rule.maturity
    case 'accuracy':
      return rule.accuracy
    case 'phase':
      return String(rule.phase)
    case 'severity':
      return rule.severity === null ? '' : String(rule.severity)
    case 'msg':
      return rule.link.msg?.expand(tx, null) ?? ''
    case 'logdata':
      return rule.link.logData?.expand(tx, null) ?? ''
    default:
      return ''
  }
}
