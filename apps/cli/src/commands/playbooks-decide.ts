import { isJsonObject } from '@sevenfold/event'
import { askAlerts } from '../alerts/ask-alerts.ts'
import { actor } from '../place/actor.ts'
import { placeOptions } from '../place/data-folder.ts'
import { fieldText } from '../place/field-text.ts'
import { usageError } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'

const acts = ['approve', 'reject', 'undo']

/** `sevenfold playbooks decide`. */
export const playbooksDecide: Command = {
  name: 'playbooks decide',
  summary: 'approve or reject a run that waits, or take back what a run did',
  words: { name: 'RUN ACT', help: 'id of a run, and approve, reject or undo', min: 2, max: 2 },
  options: { ...placeOptions },
  examples: ['sevenfold playbooks decide run-3 approve', 'sevenfold playbooks decide run-3 undo'],
  run: async (call) => {
    const [id = '', act = ''] = call.words
    if (!acts.includes(act))
      throw usageError(
        `${act} is none of ${acts.join(', ')}`,
        'for example sevenfold playbooks decide run-3 approve',
      )
    const path = `runs/${encodeURIComponent(id)}/${act}`
    const answer = await askAlerts(call, { method: 'POST', path, body: { actor: actor() } })
    if (!isJsonObject(answer)) throw usageError(`there is no run ${id}`, 'sevenfold playbooks list shows all')
    call.io.out(call.json ? JSON.stringify(answer) : `${id}: ${fieldText(answer, 'state') ?? ''}`)
    return 0
  },
}
