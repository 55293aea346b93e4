import type { CompiledRule, Link } from '../compile/compiled-rule-set.ts'
import { describeMatch, pending } from './describe-match.ts'
import { LinkRun } from './link-run.ts'
import { logMatch } from './log-match.ts'
import { runLateActions } from './run-late-actions.ts'
import type { Transaction } from './transaction.ts'

// Evaluation is synchronous and never nested, so one object serves all links: none is made per rule.
let linkRun: LinkRun | null = null

/**
 * Evaluates one rule with its chain; on a match sets variables, runs its non-disruptive actions and logs it.
 * Gives true when the whole chain matched. When the slice ends between two values of the first link the rule is left
 * in `tx.paused`: call again to go on with it. Hot: bench/waf measures it.
 */
export function evaluateRule(tx: Transaction, rule: CompiledRule): boolean {
  if (tx.paused === null) beginRule(tx, rule)
  else Object.assign(pending, tx.paused.pending)
  if (!evaluateFrom(tx, rule, rule.link)) return false
  if (tx.ruleSet.dialect === 'crs' && (rule.log || rule.auditLog)) describeMatch(tx, rule)
  if (!rule.link.multiMatch || rule.link.next !== null) logMatch(tx, rule, pending)
  return true
}

function beginRule(tx: Transaction, rule: CompiledRule): void {
  pending.message = ''
  pending.data = ''
  pending.severity = rule.severity
  pending.variable = ''
  // A rule that looks at what the one before it matched keeps the prefilter away: then nothing is cleared.
  if (tx.ruleSet.prefilter !== null) {
    tx.matchedVar = ''
    tx.matchedVarName = ''
  }
  if (tx.matchedVars.names.length > 0) tx.matchedVars = { names: [], values: [] }
}

function evaluateFrom(tx: Transaction, rule: CompiledRule, link: Link): boolean {
  linkRun ??= new LinkRun(tx, rule, link)
  if (!linkRun.begin(tx, rule, link)) return false
  if (link.next !== null && !evaluateFrom(tx, rule, link.next)) return false
  if (link.late !== null) runLateActions(tx, rule, link.late)
  return true
}
