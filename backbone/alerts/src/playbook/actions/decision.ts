import { isJsonObject } from '@sevenfold/event'
import type { Json } from '@sevenfold/event'
import { parseTime } from '../parse-time.ts'
import { checkTexts, refuse, setting } from './action.ts'
import type { Action, ActionCall } from './action.ts'
import { targetsOf } from './targets.ts'

const types = ['ban', 'captcha', 'throttle']
const scopes = { source: 'ip', user: 'username', session: 'session' } as const

function wanted(call: ActionCall): { type: string; of: keyof typeof scopes; duration: string } {
  const { settings } = call
  const of = setting(settings, 'of') as keyof typeof scopes
  return {
    type: setting(settings, 'type') || 'ban',
    of: of in scopes ? of : 'source',
    duration: setting(settings, 'duration') || '1h',
  }
}

/**
 * Bans, challenges or throttles the sources, users or sessions of the incident, through detection.
 *
 * `decision: { type: ban, of: source, duration: 1h }`
 */
export const decision: Action = {
  name: 'decision',
  canUndo: true,
  check: (settings, path) => {
    checkTexts(settings, path, { needed: [], optional: ['type', 'of', 'value', 'duration'] })
    const [type, of, duration] = ['type', 'of', 'duration'].map((key) => setting(settings, key))
    // An exception from all judgement is for people.
    if (type !== '' && !types.includes(type ?? '')) refuse(`${path}.type`, `is one of ${types.join(', ')}`)
    if (of !== '' && !((of ?? '') in scopes))
      refuse(`${path}.of`, `is one of ${Object.keys(scopes).join(', ')}`)
    if (duration !== '' && parseTime(duration) === undefined) refuse(`${path}.duration`, 'must look like 30m')
  },
  describe: (call) => {
    const { type, of, duration } = wanted(call)
    return targetsOf(call, of, setting(call.settings, 'value')).map(
      (value) => `${type} ${of} ${value} for ${duration}`,
    )
  },
  run: async (call, reach) => {
    const { type, of, duration } = wanted(call)
    const ids: Json[] = []
    const targets = targetsOf(call, of, setting(call.settings, 'value'))
    for (const value of targets) {
      const reason = `incident ${call.scope.incident}`
      const body = { value, scope: scopes[of], type, duration, actor: call.actor, reason }
      const answer = await reach.ask('detection', { method: 'POST', path: '/v1/decisions', body })
      if (isJsonObject(answer) && typeof answer['id'] === 'number') ids.push(answer['id'])
    }
    return { text: `${type} for ${targets.join(', ') || 'nobody'}`, undo: ids }
  },
  undo: async (undo, reach, actor) => {
    for (const id of Array.isArray(undo) ? undo : [])
      if (typeof id === 'number')
        await reach.ask('detection', {
          method: 'DELETE',
          path: `/v1/decisions/${id}`,
          body: { actor, reason: 'playbook undone' },
        })
  },
}
