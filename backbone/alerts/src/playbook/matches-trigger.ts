import { levels } from '../alert/level.ts'
import type { Incident } from '../incident/incident.ts'
import type { Condition, Playbook, TriggerChange } from './playbook.ts'
import type { Scope } from './scope.ts'

function holds({ field, is, value }: Condition, scope: Scope): boolean {
  const text = Object.hasOwn(scope.texts, field) ? (scope.texts[field] ?? '') : ''
  switch (is) {
    case 'exists':
      return text !== ''
    case 'absent':
      return text === ''
    case 'equals':
      return text === String(value)
    case 'atLeast':
      return Number(text) >= Number(value)
    case 'atMost':
      return text !== '' && Number(text) <= Number(value)
    case 'contains':
      return text.includes(String(value))
  }
}

/** True when a change of an incident starts a playbook. */
export function startsPlaybook(
  playbook: Playbook,
  { change, incident, scope }: { change: TriggerChange; incident: Incident; scope: Scope },
): boolean {
  const { trigger, when } = playbook
  const { body, score } = incident
  if (!trigger.on.includes(change)) return false
  if (trigger.level !== undefined && levels.indexOf(body.level) < levels.indexOf(trigger.level)) return false
  if (trigger.minScore !== undefined && score < trigger.minScore) return false
  const rules = Array.from(body.groups.values(), ({ rule }) => rule)
  if (
    trigger.rules.length > 0 &&
    !rules.some(({ id, name }) => trigger.rules.includes(id) || trigger.rules.includes(name))
  )
    return false
  if (trigger.tactics.length > 0 && !trigger.tactics.some((tactic) => body.tactics.has(tactic))) return false
  return when.every((condition) => holds(condition, scope))
}
