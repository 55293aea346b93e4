import { decision } from './decision.ts'
import { checkTexts, refuse, setting } from './action.ts'
import type { Action, ActionCall } from './action.ts'
import { parseTime } from '../parse-time.ts'

function asDecision(of: 'user' | 'session', call: ActionCall): ActionCall {
  const { settings } = call
  const value = setting(settings, 'value')
  const duration = setting(settings, 'duration') || '1h'
  return { ...call, settings: { type: 'ban', of, duration, ...(value === '' ? {} : { value }) } }
}

/** Blocks what the incident names of one kind, through the same decisions that ban addresses. */
function blocking(name: string, of: 'user' | 'session'): Action {
  return {
    name,
    canUndo: true,
    check: (settings, path) => {
      checkTexts(settings, path, { needed: [], optional: ['value', 'duration'] })
      const duration = setting(settings, 'duration')
      if (duration !== '' && parseTime(duration) === undefined)
        refuse(`${path}.duration`, 'must look like 30m')
    },
    describe: (call) => decision.describe(asDecision(of, call)),
    run: async (call, reach) => await decision.run(asDecision(of, call), reach),
    ...(decision.undo === undefined ? {} : { undo: decision.undo }),
  }
}

/** Blocks the users of the incident. `block-user: { duration: 1h }` */
export const blockUser: Action = blocking('block-user', 'user')
/** Ends the sessions of the incident. `block-session: { duration: 1h }` */
export const blockSession: Action = blocking('block-session', 'session')
