import { AlertsError } from '../../alerts-error.ts'
import { fill } from '../scope.ts'
import type { ActionCall } from './action.ts'

/**
 * What a step acts on: the value that its settings name, or every entity of a type. Spared ones are left out.
 * @throws AlertsError ALERTS_REFUSED when there are more than the playbook's blast radius allows: then it does nothing.
 */
export function targetsOf(
  call: ActionCall,
  type: 'source' | 'user' | 'session',
  named: string,
): readonly string[] {
  const all = named === '' ? (call.scope.targets[type] ?? []) : [fill(named, call.scope)]
  const wanted = [...new Set(all)].filter((value) => value !== '' && !call.isSpared(value))
  if (wanted.length > call.maxTargets)
    throw new AlertsError(
      'ALERTS_REFUSED',
      `${wanted.length} targets are more than the ${call.maxTargets} that this playbook may act on`,
    )
  return wanted
}
