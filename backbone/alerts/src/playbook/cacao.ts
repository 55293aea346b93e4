import { createHash } from 'node:crypto'
import { isJsonObject } from '@sevenfold/event'
import type { Json, JsonObject } from '@sevenfold/event'
import { AlertsError } from '../alerts-error.ts'
import { parsePlaybook } from './parse-playbook.ts'
import type { Playbook, Step } from './playbook.ts'

/** Our extension of CACAO: what our playbooks say beyond the standard. */
export const cacaoExtension = 'extension-definition--9d1c7f0e-5e7e-5f01-8d00-5e7ef01d0001'

/** Longest chain of steps that is followed. */
const maxChain = 64

/** An id that is the same for the same text (UUID version 5 in form; RFC 9562, 5.5). */
function idOf(type: string, text: string): string {
  const hash = createHash('sha1').update(`sevenfold-cacao/1\n${text}`).digest()
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80
  const hex = hash.subarray(0, 16).toString('hex')
  return `${type}--${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

function time(ms: number): string {
  return new Date(ms).toISOString()
}

function stepValue({ action, settings, ttlMs }: Step): JsonObject {
  return { [action]: settings, ...(ttlMs === undefined ? {} : { ttl: `${Math.round(ttlMs / 1000)}s` }) }
}

function command(step: Step): JsonObject {
  const { url } = step.settings
  const extension = { step_extensions: { [cacaoExtension]: { step: stepValue(step) } } }
  // What is plain HTTP says so in the standard's own words; the rest a person can read.
  return typeof url === 'string'
    ? { commands: [{ type: 'http-api', command: `POST ${new URL(url).pathname} HTTP/1.1` }], ...extension }
    : {
        commands: [{ type: 'manual', command: `${step.action} ${JSON.stringify(step.settings)}` }],
        ...extension,
      }
}

/** A playbook as CACAO 2.0 (OASIS security playbooks): one chain of actions from start to end. */
export function exportCacao(playbook: Playbook, nowMs: number): JsonObject {
  const id = idOf('playbook', playbook.name)
  const names = playbook.steps.map((_, index) => idOf('action', `${playbook.name} ${index}`))
  const [start, end] = [idOf('start', playbook.name), idOf('end', playbook.name)]
  const workflow: Record<string, Json> = { [start]: { type: 'start', on_completion: names[0] ?? end } }
  for (const [index, step] of playbook.steps.entries())
    workflow[names[index] ?? ''] = {
      type: 'action',
      name: step.action,
      on_completion: names[index + 1] ?? end,
      agent: idOf('organization', 'sevenfold'),
      ...command(step),
    }
  workflow[end] = { type: 'end' }
  return {
    type: 'playbook',
    spec_version: 'cacao-2.0',
    id,
    name: playbook.title,
    description: playbook.description,
    playbook_types: ['mitigation'],
    created_by: idOf('identity', 'sevenfold'),
    created: time(nowMs),
    modified: time(nowMs),
    workflow_start: start,
    workflow,
    agent_definitions: { [idOf('organization', 'sevenfold')]: { type: 'organization', name: 'Sevenfold' } },
    extension_definitions: {
      [cacaoExtension]: {
        type: 'extension-definition',
        name: 'Sevenfold typed actions',
        created_by: idOf('identity', 'sevenfold'),
        schema: 'docs/alerts.md',
        version: '1',
      },
    },
    playbook_extensions: { [cacaoExtension]: { playbook: headOf(playbook) } },
  }
}

function headOf({ name, trigger, when, limits, approval }: Playbook): JsonObject {
  const { on, level, minScore, rules, tactics } = trigger
  return {
    name,
    trigger: {
      on: [...on],
      ...(level === undefined ? {} : { level }),
      ...(minScore === undefined ? {} : { minScore }),
      ...(rules.length === 0 ? {} : { rules: [...rules] }),
      ...(tactics.length === 0 ? {} : { tactics: [...tactics] }),
    },
    when: when.map(({ field, is, value }) =>
      is === 'exists' || is === 'absent' ? { field, exists: is === 'exists' } : { field, [is]: value },
    ),
    limits: { perHour: limits.perHour, targets: limits.targets },
    approval,
  }
}

/** A playbook as its YAML would say it: `parsePlaybook` of this gives the same playbook. */
export function playbookDocument(playbook: Playbook): JsonObject {
  const { title, description, steps } = playbook
  return { ...headOf(playbook), title, description, steps: steps.map(stepValue) }
}

function fail(message: string): never {
  throw new AlertsError('ALERTS_PLAYBOOK', `CACAO: ${message}`)
}

function extensionOf(value: JsonObject, key: string): JsonObject | undefined {
  const extensions = value[key]
  const own = isJsonObject(extensions) ? extensions[cacaoExtension] : undefined
  return isJsonObject(own) ? own : undefined
}

function stepOf(node: JsonObject, id: string): Json {
  const own = extensionOf(node, 'step_extensions')?.['step']
  if (own !== undefined) return own
  const commands = node['commands']
  const [only, ...more] = Array.isArray(commands) ? commands : []
  if (!isJsonObject(only) || more.length > 0) return fail(`${id} must have one command`)
  if (only['type'] !== 'http-api')
    return fail(`${id}: commands of type ${JSON.stringify(only['type'])} are not understood`)
  const targets = node['targets'] ?? node['agent']
  if (typeof targets !== 'string' || !URL.canParse(targets))
    return fail(`${id}: an http-api command needs an address of ours`)
  return { webhook: { url: targets } }
}

/**
 * Reads the strict subset of CACAO 2.0 that `exportCacao` writes: one chain of `start`, `action` and `end`. Anything else
 * (if, while, switch, parallel, playbook actions, variables) is refused by name, never left out in silence.
 * @throws AlertsError ALERTS_PLAYBOOK.
 */
export function importCacao(value: Json): Playbook {
  if (!isJsonObject(value) || value['type'] !== 'playbook') return fail('this is no playbook')
  if (value['spec_version'] !== 'cacao-2.0')
    return fail(`version ${JSON.stringify(value['spec_version'])} is not cacao-2.0`)
  if (value['playbook_variables'] !== undefined) return fail('variables are not understood')
  if (value['revoked'] === true) return fail('the playbook is revoked')
  const { workflow, workflow_start: start } = value
  if (!isJsonObject(workflow) || typeof start !== 'string') return fail('the workflow is missing')
  const steps: Json[] = []
  let id = start
  for (let length = 0; ; length += 1) {
    const node = Object.hasOwn(workflow, id) ? workflow[id] : undefined
    if (!isJsonObject(node)) return fail(`there is no step ${id}`)
    if (length > maxChain) return fail(`the workflow is longer than ${maxChain} steps or goes in a circle`)
    if (
      node['on_failure'] !== undefined ||
      node['on_success'] !== undefined ||
      node['step_variables'] !== undefined
    )
      return fail(`${id}: on_success, on_failure and variables are not understood`)
    if (node['type'] === 'end') break
    if (node['type'] === 'action') steps.push(stepOf(node, id))
    else if (node['type'] !== 'start')
      return fail(`${id}: steps of type ${JSON.stringify(node['type'])} are not understood`)
    const next = node['on_completion']
    if (typeof next !== 'string') return fail(`${id} does not say what follows`)
    id = next
  }
  if (Object.keys(workflow).length !== steps.length + 2) return fail('some steps are never reached')
  const head = extensionOf(value, 'playbook_extensions')?.['playbook']
  const { name, description } = value
  return parsePlaybook({
    name:
      (typeof name === 'string' ? name : 'imported')
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '-')
        .replaceAll(/^-|-$/g, '')
        .slice(0, 64) || 'imported',
    title: typeof name === 'string' ? name : '',
    description: typeof description === 'string' ? description : '',
    // Whoever wrote it elsewhere did not know this house: a person says yes first.
    approval: true,
    ...(isJsonObject(head) ? head : {}),
    steps,
  })
}
