import { askAlerts } from '../alerts/ask-alerts.ts'
import { actor } from '../place/actor.ts'
import { placeOptions } from '../place/data-folder.ts'
import { usageError } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'

/** `sevenfold incidents close`. */
export const incidentsClose: Command = {
  name: 'incidents close',
  summary: 'close an incident that is dealt with, or open it again',
  words: { name: 'ID', help: 'id of an incident', min: 1, max: 1 },
  options: {
    reason: { type: 'string', value: 'TEXT', help: 'why; it is recorded' },
    reopen: { type: 'boolean', help: 'open it again' },
    ...placeOptions,
  },
  examples: ['sevenfold incidents close inc-0001 --reason "password changed, sessions ended"'],
  run: async (call) => {
    const [id = ''] = call.words
    const reason = call.text('reason')
    if (reason === undefined) throw usageError('--reason is missing', 'say why, in a few words')
    const act = call.flag('reopen') ? 'reopen' : 'close'
    const path = `incidents/${encodeURIComponent(id)}/${act}`
    const answer = await askAlerts(call, { method: 'POST', path, body: { reason, actor: actor() } })
    if (answer === undefined)
      throw usageError(`there is no incident ${id}`, 'sevenfold incidents list --state all shows all')
    call.io.out(call.json ? JSON.stringify(answer) : `${id} is ${act === 'close' ? 'closed' : 'open'}`)
    return 0
  },
}
