import { actionTable } from './action-table.ts'
import { splitActions } from './action-words.ts'
import { nearestName } from './nearest-name.ts'
import { emptyActions } from './rule-actions.ts'
import type { RuleActions } from './rule-actions.ts'
import { FaultSignal } from './seclang-error.ts'

/** Reads an action list; `offset` is the place of the text in its logical line. Throws FaultSignal. */
export function parseActions(text: string, offset: number): RuleActions {
  return addActions(emptyActions(), text, offset)
}

/** Reads an action list into actions that exist already (SecRuleUpdateActionById); later values win. */
export function addActions(actions: RuleActions, text: string, offset: number): RuleActions {
  for (const word of splitActions(text, offset)) {
    const entry = Object.hasOwn(actionTable, word.name) ? actionTable[word.name] : undefined
    if (entry === undefined) {
      throw new FaultSignal('WAF_RULE_UNKNOWN_ACTION', 'unknown action', {
        offset: word.offset,
        token: word.written,
        nearest: nearestName(word.written, Object.keys(actionTable)),
      })
    }
    if (entry.value === 'required' && (word.value === null || word.value === '')) {
      throw new FaultSignal('WAF_RULE_ARGUMENT', `${word.name} needs a value`, {
        offset: word.offset,
        token: word.written,
      })
    }
    entry.read(actions, word.value ?? '', word)
  }
  return actions
}
