import { isJsonObject } from '@sevenfold/event'
import { askAlerts } from '../alerts/ask-alerts.ts'
import { printIncident } from '../alerts/print-incident.ts'
import { placeOptions } from '../place/data-folder.ts'
import { usageError } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'

/** `sevenfold incidents show`. */
export const incidentsShow: Command = {
  name: 'incidents show',
  summary: 'show one incident with its runbook: what it means, the first minutes, how to confirm and undo',
  words: { name: 'ID', help: 'id of an incident', min: 1, max: 1 },
  options: { ...placeOptions },
  examples: ['sevenfold incidents show inc-0001'],
  run: async (call) => {
    const [id = ''] = call.words
    const incident = await askAlerts(call, { path: `incidents/${encodeURIComponent(id)}` })
    if (!isJsonObject(incident))
      throw usageError(`there is no incident ${id}`, 'sevenfold incidents list --state all shows all')
    if (call.json) call.io.out(JSON.stringify(incident))
    else printIncident(call, incident)
    return 0
  },
}
