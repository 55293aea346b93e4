import { compileRegex, RegexError } from '@sevenfold/regex'

import { addActions } from './action-list.ts'
import { holdsId } from './number-argument.ts'
import type { ReadState } from './read-state.ts'
import type { IdRange } from './rule-actions.ts'
import type { ParsedRule, RuleItem } from './rule-set-source.ts'
import type { SourcePosition } from './source-position.ts'
import type { VariableTarget } from './variable-list.ts'

/** Which rules an update or removal means. Tags and messages are searched for a regular expression. */
export type RuleSelection =
  | { readonly kind: 'id'; readonly ranges: readonly IdRange[] }
  | { readonly kind: 'tag' | 'msg'; readonly pattern: string }

/** One SecRuleRemove* or SecRuleUpdate* directive. */
export type RuleUpdate =
  | { readonly kind: 'remove'; readonly selection: RuleSelection; readonly at: SourcePosition }
  | {
      readonly kind: 'targets'
      readonly selection: RuleSelection
      readonly at: SourcePosition
      readonly targets: readonly VariableTarget[]
      readonly replaced: readonly VariableTarget[]
    }
  | {
      readonly kind: 'actions'
      readonly selection: RuleSelection
      readonly at: SourcePosition
      readonly text: string
      readonly offset: number
    }

/** Applies one update to the rules read so far; warns when it hits nothing. */
export function applyUpdate(state: ReadState, update: RuleUpdate): void {
  const isSelected = ruleSelector(update.selection)
  const hit = state.items.filter((item) => item.kind === 'rule' && isSelected(item.rule))
  if (hit.length === 0) {
    const kind = 'exclusion-hits-nothing'
    state.warnings.push({ kind, at: update.at, message: 'no rule is selected' })
  }
  if (update.kind === 'remove') {
    const gone = new Set<RuleItem>(hit)
    const kept = state.items.filter((item) => !gone.has(item))
    state.items.splice(0, state.items.length, ...kept)
    return
  }
  for (const item of hit) {
    if (item.kind !== 'rule') continue
    if (update.kind === 'targets') changeTargets(item.rule, update.targets, update.replaced)
    else changeActions(item.rule, update.text, update.offset)
  }
}

/** Tells which rules a selection means. */
export function ruleSelector(selection: RuleSelection): (rule: ParsedRule) => boolean {
  if (selection.kind === 'id') {
    return ({ actions }) => actions.id !== null && holdsId(selection.ranges, actions.id)
  }
  const isWanted = textSelector(selection.pattern)
  if (selection.kind === 'msg') return ({ actions }) => isWanted(actions.msg?.source ?? '')
  return ({ actions }) => actions.tags.some((tag) => isWanted(tag.source))
}

/**
 * Tells which tags or messages a pattern selects: the same text, or one in which the regular expression is found (as
 * the manual has it; matched in linear time). What is no regular expression is searched for as it is written.
 */
function textSelector(pattern: string): (text: string) => boolean {
  if (pattern === '') return (text) => text === ''
  if (!/[\\^$.|?*+()[{]/.test(pattern)) return (text) => text.includes(pattern)
  try {
    const regex = compileRegex(pattern, { mode: 'bytes', dotAll: true })
    return (text) => text === pattern || regex.test(text)
  } catch (error) {
    if (!(error instanceof RegexError)) throw error
    return (text) => text.includes(pattern)
  }
}

function changeTargets(
  rule: ParsedRule,
  targets: readonly VariableTarget[],
  replaced: readonly VariableTarget[],
): void {
  if (rule.operator === null) return
  for (const old of replaced) {
    const at = rule.targets.findIndex((target) => isSameTarget(target, old))
    if (at >= 0) rule.targets.splice(at, 1)
  }
  rule.targets.push(...targets)
}

function isSameTarget(left: VariableTarget, right: VariableTarget): boolean {
  return (
    left.name === right.name &&
    left.count === right.count &&
    JSON.stringify(left.selector) === JSON.stringify(right.selector)
  )
}

function changeActions(rule: ParsedRule, text: string, offset: number): void {
  const { id, phase, chain } = rule.actions
  addActions(rule.actions, text, offset)
  rule.actions.id = id
  rule.actions.phase = phase
  rule.actions.chain = chain
}
