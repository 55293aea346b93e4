import { isJsonObject } from '@sevenfold/event'
import { askAlerts } from '../alerts/ask-alerts.ts'
import { objectsAt, textsAt } from '../alerts/json-list.ts'
import { actor } from '../place/actor.ts'
import { placeOptions } from '../place/data-folder.ts'
import { fieldText } from '../place/field-text.ts'
import { usageError } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'

/** `sevenfold playbooks run`. */
export const playbooksRun: Command = {
  name: 'playbooks run',
  summary: 'run a playbook on an incident, or only show what it would do',
  words: { name: 'NAME INCIDENT', help: 'name of a playbook and id of an incident', min: 2, max: 2 },
  options: { 'dry-run': { type: 'boolean', help: 'only show what it would do' }, ...placeOptions },
  examples: ['sevenfold playbooks run contain-source inc-0001 --dry-run'],
  exits: { 1: 'a step failed, or it waits for approval' },
  run: async (call) => {
    const [name = '', incident = ''] = call.words
    const dryRun = call.flag('dry-run')
    const path = `playbooks/${encodeURIComponent(name)}/run`
    const answer = await askAlerts(call, { method: 'POST', path, body: { incident, dryRun, actor: actor() } })
    if (!isJsonObject(answer))
      throw usageError(
        'there is no such playbook or incident',
        'sevenfold playbooks list, sevenfold incidents list',
      )
    if (call.json) call.io.out(JSON.stringify(answer))
    else {
      for (const step of objectsAt(answer, 'steps')) {
        const text = fieldText(step, 'text') ?? ''
        const lines = text === '' ? textsAt(step, 'plan') : [`${fieldText(step, 'state') ?? ''}: ${text}`]
        for (const line of lines) call.io.out(`${(fieldText(step, 'action') ?? '').padEnd(14)} ${line}`)
      }
      call.io.out(
        dryRun ? 'nothing was done' : `${fieldText(answer, 'id') ?? ''}: ${fieldText(answer, 'state') ?? ''}`,
      )
    }
    return dryRun || answer['state'] === 'done' ? 0 : 1
  },
}
