import { addActions } from './action-list.ts'
import { holdsId } from './number-argument.ts'
import type { ReadState } from './read-state.ts'
import type { IdRange } from './rule-actions.ts'
import type { ParsedRule, RuleItem } from './rule-set-source.ts'
import type { SourcePosition } from './source-position.ts'
import type { VariableTarget } from './variable-list.ts'

/** Which rules an update or removal means. Tags and messages match whole or as a plain substring pattern. */
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
  const hit = state.items.filter((item) => item.kind === 'rule' && isSelected(item.rule, update.selection))
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

/** True when a selection means the rule. */
export function isSelected(rule: ParsedRule, selection: RuleSelection): boolean {
  if (selection.kind === 'id') return rule.actions.id !== null && holdsId(selection.ranges, rule.actions.id)
  if (selection.kind === 'msg') return matchesText(rule.actions.msg?.source ?? '', selection.pattern)
  return rule.actions.tags.some((tag) => matchesText(tag.source, selection.pattern))
}

/**
 * True when a tag or message is selected by a pattern: the same text, or the pattern as a substring.
 * Patterns of these directives are regular expressions elsewhere; in practice they are plain words, and a plain
 * substring keeps them safe to run. Anchors are understood.
 */
export function matchesText(text: string, pattern: string): boolean {
  const start = pattern.startsWith('^')
  const end = pattern.endsWith('$')
  const core = pattern
    .slice(start ? 1 : 0, end ? -1 : undefined)
    .replace(/^\.\*/, '')
    .replace(/\.\*$/, '')
    .replaceAll(/\\(.)/g, '$1')
  if (core === '') return pattern !== '' || text === ''
  if (start && end) return text === core
  if (start) return text.startsWith(core)
  return end ? text.endsWith(core) : text.includes(core)
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
