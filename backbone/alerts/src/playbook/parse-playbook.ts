import { isJsonObject } from '@sevenfold/event'
import type { Json, JsonObject } from '@sevenfold/event'
import { levels } from '../alert/level.ts'
import { AlertsError } from '../alerts-error.ts'
import { actions } from './actions/actions.ts'
import { parseTime } from './parse-time.ts'
import { playbookLimits, triggerChanges } from './playbook.ts'
import type { Condition, Limits, Playbook, Step, Trigger } from './playbook.ts'

function fail(path: string, message: string): never {
  throw new AlertsError('ALERTS_PLAYBOOK', `${path}: ${message}`)
}

function onlyKeys(value: JsonObject, path: string, known: readonly string[]): void {
  const unknown = Object.keys(value).find((key) => !known.includes(key))
  if (unknown !== undefined) fail(`${path}.${unknown}`, `is not understood; there are ${known.join(', ')}`)
}

function object(value: Json | undefined, path: string): JsonObject {
  return isJsonObject(value) ? value : fail(path, 'must be a mapping')
}

function texts(value: Json | undefined, path: string): readonly string[] {
  if (value === undefined) return []
  const list = Array.isArray(value) ? value : [value]
  return list.map((item: Json) =>
    typeof item === 'string' && item.length <= 256 ? item : fail(path, 'must be texts'),
  )
}

function whole(value: Json | undefined, path: string, range: { otherwise: number; most: number }): number {
  if (value === undefined) return range.otherwise
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= range.most) return value
  return fail(path, `must be a whole number from 1 to ${range.most}`)
}

function parseTrigger(value: JsonObject): Trigger {
  onlyKeys(value, 'trigger', ['on', 'level', 'minScore', 'rules', 'tactics'])
  const on = texts(value['on'] ?? ['opened'], 'trigger.on').map(
    (text) =>
      triggerChanges.find((change) => change === text) ??
      fail('trigger.on', `is one of ${triggerChanges.join(', ')}`),
  )
  const level =
    value['level'] === undefined
      ? undefined
      : (levels.find((one) => one === value['level']) ??
        fail('trigger.level', `is one of ${levels.join(', ')}`))
  const { minScore } = value
  if (minScore !== undefined && typeof minScore !== 'number') fail('trigger.minScore', 'must be a number')
  return {
    on,
    ...(level === undefined ? {} : { level }),
    ...(typeof minScore === 'number' ? { minScore } : {}),
    rules: texts(value['rules'], 'trigger.rules'),
    tactics: texts(value['tactics'], 'trigger.tactics'),
  }
}

const comparisons = ['equals', 'atLeast', 'atMost', 'contains'] as const

function parseCondition(value: Json, path: string): Condition {
  const condition = object(value, path)
  onlyKeys(condition, path, ['field', 'exists', ...comparisons])
  const { field, exists } = condition
  if (typeof field !== 'string' || field === '') return fail(`${path}.field`, 'names what is looked at')
  if (typeof exists === 'boolean') return { field, is: exists ? 'exists' : 'absent', value: '' }
  const is = comparisons.find((one) => condition[one] !== undefined)
  const other = is === undefined ? undefined : condition[is]
  if (is === undefined || (typeof other !== 'string' && typeof other !== 'number'))
    return fail(path, `needs exists or one of ${comparisons.join(', ')}`)
  return { field, is, value: other }
}

function parseLimits(value: Json | undefined): Limits {
  const limits = value === undefined ? {} : object(value, 'limits')
  onlyKeys(limits, 'limits', ['perHour', 'targets'])
  return {
    perHour: whole(limits['perHour'], 'limits.perHour', { otherwise: 5, most: playbookLimits.maxPerHour }),
    targets: whole(limits['targets'], 'limits.targets', { otherwise: 3, most: playbookLimits.maxTargets }),
  }
}

function parseStep(value: Json, path: string): Step {
  const step = object(value, path)
  const { ttl, ...rest } = step
  const [name, ...more] = Object.keys(rest)
  const action = actions.find((one) => one.name === name)
  if (action === undefined || more.length > 0)
    return fail(path, `is one action of ${actions.map((one) => one.name).join(', ')}`)
  const settings = object(rest[action.name] ?? {}, `${path}.${action.name}`)
  action.check(settings, `${path}.${action.name}`)
  const ttlMs = ttl === undefined ? undefined : parseTime(ttl)
  if (ttl !== undefined && (ttlMs === undefined || ttlMs > playbookLimits.longestTtlMs))
    return fail(`${path}.ttl`, 'must look like 30m and be at most 30d')
  if (ttlMs !== undefined && !action.canUndo)
    return fail(`${path}.ttl`, `${action.name} cannot be taken back`)
  return { action: action.name, settings, ...(ttlMs === undefined ? {} : { ttlMs }) }
}

/** Reads a playbook, all or nothing. @throws AlertsError ALERTS_PLAYBOOK with the path of what is wrong. */
export function parsePlaybook(value: Json): Playbook {
  const playbook = object(value, 'playbook')
  onlyKeys(playbook, 'playbook', [
    'name',
    'title',
    'description',
    'trigger',
    'when',
    'limits',
    'approval',
    'steps',
  ])
  const { name, title, description, when, approval, steps } = playbook
  if (typeof name !== 'string' || !/^[a-z0-9][a-z0-9-]{0,63}$/.test(name))
    return fail('name', 'must be like contain-source')
  if (!Array.isArray(steps) || steps.length === 0 || steps.length > playbookLimits.maxSteps)
    return fail('steps', `must be a list of 1 to ${playbookLimits.maxSteps}`)
  if (when !== undefined && (!Array.isArray(when) || when.length > playbookLimits.maxConditions))
    return fail('when', `must be a list of at most ${playbookLimits.maxConditions}`)
  if (approval !== undefined && typeof approval !== 'boolean')
    return fail('approval', 'must be true or false')
  return {
    name,
    title: typeof title === 'string' ? title.slice(0, 200) : name,
    description: typeof description === 'string' ? description.slice(0, 2_000) : '',
    trigger: parseTrigger(object(playbook['trigger'] ?? {}, 'trigger')),
    when: (Array.isArray(when) ? when : []).map((one: Json, index) => parseCondition(one, `when[${index}]`)),
    limits: parseLimits(playbook['limits']),
    approval: approval === true,
    steps: steps.map((step: Json, index) => parseStep(step, `steps[${index}]`)),
  }
}
