import { isJsonObject } from '@sevenfold/event'
import { partSocket, placeOptions } from '../place/data-folder.ts'
import { fieldText } from '../place/field-text.ts'
import { exitCodes } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'
import { table } from '../program/table.ts'
import { askSocket } from '../talk/ask-socket.ts'

const columns = ['name', 'group', 'trust', 'addresses', 'refused', 'suspended'] as const

/** `sevenfold feeds reporters`. */
export const feedsReporters: Command = {
  name: 'feeds reporters',
  summary: 'show who reports to the exchange of this installation, how much, and who is not believed',
  options: placeOptions,
  examples: ['sevenfold feeds reporters'],
  exits: { 1: 'there is no exchange here' },
  run: async (call) => {
    const socketPath = await partSocket(call, 'detection', 'api.sock')
    const answer = await askSocket({ socketPath, part: 'detection', path: '/v1/exchange/reporters' })
    if (!Array.isArray(answer)) {
      call.io.note(
        'sevenfold: there is no exchange here; detection.feeds.exchange in the configuration makes one',
      )
      return exitCodes.findings
    }
    const reporters = answer.filter(isJsonObject)
    if (call.json) call.io.out(JSON.stringify(reporters))
    else
      call.io.out(
        table(
          columns,
          reporters.map((one) => [
            ...columns.slice(0, -1).map((name) => fieldText(one, name) ?? ''),
            one['suspended'] === true ? 'yes' : 'no',
          ]),
        ),
      )
    return exitCodes.ok
  },
}
