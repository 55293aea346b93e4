import { allDecisions } from '../decisions/all-decisions.ts'
import { partSocket, placeOptions } from '../place/data-folder.ts'
import { fieldText } from '../place/field-text.ts'
import { usageError } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'

const columns = ['duration', 'reason', 'scope', 'type', 'value'] as const
// A cell that a table program would take for a formula gets a quote in front (OWASP: CSV injection).
const cell = (text: string): string =>
  `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`

/** `sevenfold decisions export`. */
export const decisionsExport: Command = {
  name: 'decisions export',
  summary: 'print active decisions as a list, as CSV or as JSON, to be imported elsewhere',
  options: {
    form: {
      type: 'string',
      value: 'FORM',
      help: 'list (addresses and ranges), csv or json',
      default: 'list',
    },
    origin: { type: 'string', value: 'NAME', help: 'only decisions of this origin' },
    ...placeOptions,
  },
  examples: [
    'sevenfold decisions export > bans.txt',
    'sevenfold decisions export --form json --origin manual',
  ],
  run: async (call) => {
    const form = call.json ? 'json' : (call.text('form') ?? 'list')
    if (!['list', 'csv', 'json'].includes(form))
      throw usageError(`there is no form ${form}`, 'list, csv or json')
    const origin = call.text('origin')
    const socketPath = await partSocket(call, 'detection', 'api.sock')
    const decisions = await allDecisions({
      socketPath,
      ...(origin === undefined ? {} : { filters: { origins: origin } }),
    })
    if (form === 'json') call.io.out(JSON.stringify(decisions))
    else if (form === 'csv') {
      call.io.out(columns.join(','))
      for (const decision of decisions)
        call.io.out(
          columns
            .map((name) => cell(fieldText(decision, name === 'reason' ? 'scenario' : name) ?? ''))
            .join(','),
        )
    } else {
      const isAddress = /^(?:ip|range)$/i
      for (const decision of decisions)
        if (isAddress.test(fieldText(decision, 'scope') ?? '') && fieldText(decision, 'type') !== 'allow')
          call.io.out(fieldText(decision, 'value') ?? '')
    }
    return 0
  },
}
