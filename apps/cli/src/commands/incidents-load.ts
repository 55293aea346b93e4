import { isJsonObject } from '@sevenfold/event'
import { askAlerts } from '../alerts/ask-alerts.ts'
import { objectsAt } from '../alerts/json-list.ts'
import { placeOptions } from '../place/data-folder.ts'
import { fieldText } from '../place/field-text.ts'
import type { Command } from '../program/command.ts'
import { table } from '../program/table.ts'

/** `sevenfold incidents load`. */
export const incidentsLoad: Command = {
  name: 'incidents load',
  summary: 'show what each rule cost in the last week: alerts, incidents, verdicts, minutes',
  options: { ...placeOptions },
  examples: ['sevenfold incidents load', 'sevenfold incidents load --json'],
  run: async (call) => {
    const answer = await askAlerts(call, { path: 'load' })
    const rows = objectsAt(answer, 'load')
    if (call.json) call.io.out(JSON.stringify(isJsonObject(answer) ? answer['load'] : []))
    else if (rows.length === 0) call.io.out('no alerts in the last week')
    else
      call.io.out(
        table(
          ['rule', 'level', 'alerts', 'incidents', 'true', 'benign', 'noise', 'minutes'],
          rows.map((row) =>
            [
              'rule',
              'level',
              'alerts',
              'incidents',
              'verdicts.true',
              'verdicts.benign',
              'verdicts.noise',
              'minutes',
            ].map((key) => fieldText(row, key) ?? ''),
          ),
        ),
      )
    return 0
  },
}
