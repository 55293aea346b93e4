import { parseActions } from './action-list.ts'
import type { Word } from './directive-words.ts'
import { positionOf } from './logical-line.ts'
import type { LogicalLine } from './logical-line.ts'
import type { DirectiveInput, ReadState } from './read-state.ts'
import { emptyActions } from './rule-actions.ts'
import type { RuleActions } from './rule-actions.ts'
import type { OperatorUse, ParsedRule } from './rule-set-source.ts'
import { FaultSignal } from './seclang-error.ts'
import { parseVariableList } from './variable-list.ts'

/** Most rules of one rule set. */
export const maxRules = 50_000

/** Reads SecRule and SecAction. */
export function readRule(input: DirectiveInput): void {
  const rule = input.name.text.toLowerCase() === 'secaction' ? readAction(input) : readCondition(input)
  addRule(input.state, rule, input.name)
}

function readCondition({ line, name, words }: DirectiveInput): ParsedRule {
  const [targets, operator, actions] = words
  if (targets === undefined || operator === undefined || words.length > 3) {
    throw new FaultSignal('WAF_RULE_SYNTAX', 'expected SecRule VARIABLES "@operator" "actions"', {
      offset: name.offset,
      token: words[3]?.text ?? name.text,
    })
  }
  return {
    at: positionOf(line, name.offset),
    targets: parseVariableList(targets.text, targets.offset),
    operator: parseOperator(line, operator),
    actions: actions === undefined ? emptyActions() : parseActions(actions.text, actions.offset),
    links: [],
    text: line.text,
  }
}

function readAction({ line, name, words }: DirectiveInput): ParsedRule {
  const [actions] = words
  if (actions === undefined || words.length > 1) {
    throw new FaultSignal('WAF_RULE_SYNTAX', 'expected SecAction "actions"', {
      offset: name.offset,
      token: name.text,
    })
  }
  return {
    at: positionOf(line, name.offset),
    targets: [],
    operator: null,
    actions: parseActions(actions.text, actions.offset),
    links: [],
    text: line.text,
  }
}

/** Reads `!@name parameter`; a text without `@` is a regular expression. */
function parseOperator(line: LogicalLine, word: Word): OperatorUse {
  const text = word.text.trimStart()
  const negated = text.startsWith('!')
  const rest = negated ? text.slice(1).trimStart() : text
  const at = positionOf(line, word.offset + word.text.length - rest.length)
  if (!rest.startsWith('@')) return { name: 'rx', param: rest, negated, at }
  const end = rest.search(/\s/)
  if (end < 0) return { name: rest.slice(1), param: '', negated, at }
  return { name: rest.slice(1, end), param: rest.slice(end).trimStart(), negated, at }
}

function addRule(state: ReadState, rule: ParsedRule, name: Word): void {
  if (++state.ruleCount > maxRules) {
    throw new FaultSignal('WAF_RULE_LIMIT', `more than ${maxRules} rules`, {
      offset: name.offset,
      token: name.text,
    })
  }
  const starter = state.openChain
  if (starter === null) {
    if (rule.operator !== null) checkStarter(rule.actions, name)
    state.items.push({ kind: 'rule', rule })
    state.openChain = rule.actions.chain ? rule : null
    return
  }
  starter.links.push(rule)
  if (!rule.actions.chain) state.openChain = null
  checkLink(rule.actions, name)
}

function checkStarter(actions: RuleActions, name: Word): void {
  if (actions.id !== null) return
  throw new FaultSignal('WAF_RULE_ARGUMENT', 'rule has no id', { offset: name.offset, token: name.text })
}

function checkLink(actions: RuleActions, name: Word): void {
  const misplaced = actions.id !== null ? 'id' : actions.phase !== null ? 'phase' : null
  if (misplaced === null || actions.phase === null) return
  throw new FaultSignal('WAF_RULE_ARGUMENT', `${misplaced} belongs to the first rule of a chain`, {
    offset: name.offset,
    token: name.text,
  })
}
