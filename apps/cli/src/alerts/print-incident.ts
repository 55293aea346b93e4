import { escapeText, isJsonObject } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'
import { fieldText } from '../place/field-text.ts'
import type { Call } from '../program/command.ts'
import { objectsAt, textsAt } from './json-list.ts'

const shown = (text: string | undefined): string => escapeText(text ?? '', 400)

function entities(incident: JsonObject): string {
  return objectsAt(incident, 'entities')
    .map(
      (entity) =>
        `${fieldText(entity, 'type') ?? ''} ${fieldText(entity, 'value') ?? ''} (${fieldText(entity, 'count') ?? ''})`,
    )
    .join(', ')
}

function time(ms: string | undefined): string {
  return ms === undefined ? '' : new Date(Number(ms)).toISOString().replace('T', ' ').slice(0, 19)
}

function printRunbook(call: Call, one: JsonObject): void {
  const { io } = call
  const runbook = one['runbook']
  if (!isJsonObject(runbook)) return
  io.out(`\nrunbook: ${shown(fieldText(one, 'title'))}  [${shown(fieldText(one, 'name'))}]`)
  io.out(`  what it means   ${shown(fieldText(runbook, 'meaning'))}`)
  for (const [title, key] of [
    ['first minutes', 'first'],
    ['how to confirm', 'confirm'],
    ['how to undo', 'undo'],
  ] as const)
    for (const [index, text] of textsAt(runbook, key).entries())
      io.out(`  ${(index === 0 ? title : '').padEnd(15)} ${shown(text)}`)
}

/** Prints one incident for a person: what, who, when, what happened, what to do. */
export function printIncident(call: Call, incident: JsonObject): void {
  const { io } = call
  const line = (name: string, text: string): void =>
    text === '' ? undefined : io.out(`${name.padEnd(11)} ${shown(text)}`)
  io.out(`${shown(fieldText(incident, 'id'))}: ${shown(fieldText(incident, 'title'))}`)
  line(
    'state',
    `${fieldText(incident, 'state') ?? ''}, ${fieldText(incident, 'level') ?? ''}, score ${fieldText(incident, 'score') ?? ''}`,
  )
  line(
    'seen',
    `${fieldText(incident, 'first') ?? ''} to ${fieldText(incident, 'last') ?? ''}, ${fieldText(incident, 'count') ?? ''} alerts`,
  )
  line('who', entities(incident))
  line('layers', textsAt(incident, 'layers').join(', '))
  line('ATT&CK', [...textsAt(incident, 'tactics'), ...textsAt(incident, 'techniques')].join(', '))
  io.out('\nwhat happened')
  for (const sample of objectsAt(incident, 'samples'))
    io.out(
      `  ${time(fieldText(sample, 'timeMs'))}  ${shown(fieldText(sample, 'layer')).padEnd(10)} ${shown(fieldText(sample, 'summary'))}`,
    )
  const notes = objectsAt(incident, 'notes')
  if (notes.length > 0) io.out('\nnotes')
  for (const note of notes) io.out(`  ${time(fieldText(note, 'timeMs'))}  ${shown(fieldText(note, 'text'))}`)
  for (const one of objectsAt(incident, 'runbooks')) printRunbook(call, one)
}
