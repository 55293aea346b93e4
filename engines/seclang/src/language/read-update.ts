import type { DirectiveInput } from './read-state.ts'
import { positionOf } from './logical-line.ts'
import { parseIdRanges } from './number-argument.ts'
import type { RuleSelection, RuleUpdate } from './rule-updates.ts'
import type { Word } from './directive-words.ts'
import { FaultSignal } from './seclang-error.ts'
import { parseVariableList } from './variable-list.ts'

/** Reads SecRuleRemoveBy*, SecRuleUpdateTargetBy* and SecRuleUpdateActionById; they apply once all rules are read. */
export function readUpdate({ state, line, name, words }: DirectiveInput): void {
  const lower = name.text.toLowerCase()
  const at = positionOf(line, name.offset)
  if (lower.startsWith('secruleremove')) {
    if (words.length === 0) throw usage(name, 'a selection')
    for (const selection of selections(lower, words)) state.updates.push({ kind: 'remove', selection, at })
    return
  }
  const [selected, change, replaced] = words
  if (selected === undefined || change === undefined) throw usage(name, 'a selection and a change')
  const [selection] = selections(lower, [selected])
  if (selection === undefined) throw usage(name, 'a selection')
  const update: RuleUpdate =
    lower === 'secruleupdateactionbyid'
      ? { kind: 'actions', selection, at, text: change.text, offset: change.offset }
      : {
          kind: 'targets',
          selection,
          at,
          targets: parseVariableList(change.text.replaceAll(/,(?=[!&]?[A-Z])/g, '|'), change.offset),
          replaced: replaced === undefined ? [] : parseVariableList(replaced.text, replaced.offset),
        }
  state.updates.push(update)
}

function selections(directive: string, words: readonly Word[]): RuleSelection[] {
  if (directive.endsWith('bytag')) return words.map((word) => ({ kind: 'tag', pattern: word.text }))
  if (directive.endsWith('bymsg')) return words.map((word) => ({ kind: 'msg', pattern: word.text }))
  return words.map((word) => {
    // `12345:1` names a link of a chain; the whole chain is meant here.
    const text = directive === 'secruleremovebyid' ? word.text : word.text.replace(/:\d+$/, '')
    return { kind: 'id', ranges: parseIdRanges(text, word.offset) }
  })
}

function usage(name: Word, wanted: string): FaultSignal {
  return new FaultSignal('WAF_RULE_SYNTAX', `${name.text} takes ${wanted}`, {
    offset: name.offset,
    token: name.text,
  })
}
