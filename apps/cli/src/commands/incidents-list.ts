import { askAlerts } from '../alerts/ask-alerts.ts'
import { objectsAt, textsAt } from '../alerts/json-list.ts'
import { fieldText } from '../place/field-text.ts'
import { placeOptions } from '../place/data-folder.ts'
import type { Command } from '../program/command.ts'
import { table } from '../program/table.ts'

const states = ['open', 'closed', 'merged', 'all']

/** `sevenfold incidents list`. */
export const incidentsList: Command = {
  name: 'incidents list',
  summary: 'show what deserves a person: incidents, the gravest first',
  details: `Alerts are grouped by rule and actor and merged where they share one. What scores too low for a person is counted
as quiet; --quiet shows the twenty that score most.`,
  options: {
    state: { type: 'string', value: 'STATE', help: `one of ${states.join(', ')}`, default: 'open' },
    quiet: { type: 'boolean', help: 'also what is counted without being an incident' },
    csv: { type: 'boolean', help: 'as CSV that a spreadsheet shows and does not run' },
    ...placeOptions,
  },
  examples: ['sevenfold incidents list', 'sevenfold incidents list --state all --json'],
  exits: { 1: 'there are open incidents' },
  run: async (call) => {
    const state = call.text('state') ?? 'open'
    const answer = await askAlerts(call, { path: `incidents?state=${encodeURIComponent(state)}` })
    const incidents = objectsAt(answer, 'incidents')
    const open = incidents.some((incident) => fieldText(incident, 'state') === 'open')
    if (call.json) {
      call.io.out(JSON.stringify(answer))
      return open ? 1 : 0
    }
    if (call.flag('csv')) {
      const { csvRow } = await import('@sevenfold/alerts')
      call.io.out((await import('../alerts/incident-csv.ts')).incidentCsv(incidents, csvRow))
      return open ? 1 : 0
    }
    if (incidents.length === 0) call.io.out(`no incidents${state === 'all' ? '' : ` that are ${state}`}`)
    else
      call.io.out(
        table(
          ['id', 'score', 'level', 'state', 'alerts', 'last', 'layers', 'who', 'title'],
          incidents.map((incident) => [
            ...['id', 'score', 'level', 'state', 'count'].map((key) => fieldText(incident, key) ?? ''),
            (fieldText(incident, 'last') ?? '').replace('T', ' ').slice(0, 19),
            textsAt(incident, 'layers').join(' '),
            objectsAt(incident, 'entities')
              .slice(0, 2)
              .map((entity) => fieldText(entity, 'value') ?? '')
              .join(' '),
            fieldText(incident, 'title') ?? '',
          ]),
        ),
      )
    if (call.flag('quiet'))
      call.io.out(
        `\n${table(
          ['quiet', 'score', 'alerts', 'who'],
          objectsAt(answer, 'quiet').map((one) => [
            fieldText(one, 'title') ?? '',
            fieldText(one, 'score') ?? '',
            fieldText(one, 'count') ?? '',
            objectsAt(one, 'entities')
              .map((entity) => fieldText(entity, 'value') ?? '')
              .join(' '),
          ]),
        )}`,
      )
    return open ? 1 : 0
  },
}
