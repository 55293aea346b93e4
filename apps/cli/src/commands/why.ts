import { escapeText, isJsonObject } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'
import { dataFolder, placeOptions } from '../place/data-folder.ts'
import { fieldText } from '../place/field-text.ts'
import { ledgerEvents } from '../place/ledger-events.ts'
import { exitCodes, usageError } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'
import { table } from '../program/table.ts'

const idFields = ['http.request.id', 'trace.id', 'event.id', 'transaction.id']

/** True when one of the event's own ids is `id`; its text elsewhere, such as in a URL, does not count. */
function isAbout(event: JsonObject, id: string): boolean {
  return idFields.some((field) => fieldText(event, field) === id)
}

function text(event: JsonObject, path: string): string {
  return escapeText(fieldText(event, path) ?? '', 200)
}

function stepsOf(event: JsonObject): readonly (readonly string[])[] {
  const own = event['sevenfold']
  const trace = isJsonObject(own) ? own['trace'] : undefined
  if (!Array.isArray(trace)) return []
  return trace
    .filter(isJsonObject)
    .map((step) =>
      ['step', 'verdict', 'detail'].map((key) => (typeof step[key] === 'string' ? step[key] : '')),
    )
}

function judgementOf(event: JsonObject): readonly string[] {
  const own = event['sevenfold']
  const judgement = isJsonObject(own) ? own['judgement'] : undefined
  if (!isJsonObject(judgement)) return []
  const { rules, score, matched } = judgement
  const lines = [
    `judged  ${text(event, 'sevenfold.judgement.verdict')} by ${text(event, 'sevenfold.judgement.step')}`,
  ]
  if (Array.isArray(rules) && rules.length > 0)
    lines.push(`rules   ${rules.map((rule) => escapeText(String(rule), 60)).join(', ')}`)
  if (typeof score === 'number') lines.push(`score   ${score}`)
  if (typeof matched === 'string') lines.push(`matched ${escapeText(matched, 200)}`)
  return lines
}

/** One event about the request, as people read it. */
function shown(event: JsonObject): string {
  const status = text(event, 'http.response.status_code')
  const lines = [
    `${text(event, '@timestamp')}  ${text(event, 'sevenfold.layer')} ${text(event, 'sevenfold.kind')}${status === '' ? '' : `, answered ${status}`}`,
    `request ${text(event, 'http.request.method')} ${text(event, 'url.original') || text(event, 'url.path')}`,
    `from    ${text(event, 'source.ip')}  site ${text(event, 'sevenfold.site')}  agent ${text(event, 'agent.id')}`,
    ...judgementOf(event),
  ]
  const steps = stepsOf(event)
  return steps.length === 0
    ? lines.join('\n')
    : `${lines.join('\n')}\n\n${table(['step', 'verdict', 'detail'], steps)}`
}

/** `sevenfold why`. */
export const why: Command = {
  name: 'why',
  summary: 'show what happened to one request, step by step',
  details: 'Reads the ledger itself, so it works when every part is down.',
  words: {
    name: 'ID',
    help: 'request id from the block page or X-Request-Id, trace id or event id',
    min: 1,
    max: 1,
  },
  options: placeOptions,
  examples: ['sevenfold why 0197a2b4-1c2d-7e3f-8a9b-0c1d2e3f4a5b'],
  exits: { 1: 'the ledger has no event of that id' },
  run: async (call) => {
    const [id = ''] = call.words
    if (!/^[\w.:-]{4,128}$/.test(id))
      throw usageError(
        'an id has 4 to 128 letters, digits, dots and hyphens',
        'take it from the block page or from X-Request-Id',
      )
    const dataDir = await dataFolder(call)
    const found: JsonObject[] = []
    for await (const { event } of ledgerEvents(dataDir, { holding: id }))
      if (isAbout(event, id)) found.push(event)
    if (call.json) call.io.out(JSON.stringify({ id, events: found }))
    else if (found.length > 0) call.io.out(found.map(shown).join('\n\n'))
    else
      call.io.note(
        `sevenfold: the ledger in ${dataDir} has no event of ${id}; a new one needs about a second`,
      )
    return found.length > 0 ? exitCodes.ok : exitCodes.findings
  },
}
