import { decisionsOf } from '../decisions/all-decisions.ts'
import { partSocket, placeOptions } from '../place/data-folder.ts'
import { fieldText } from '../place/field-text.ts'
import type { Command } from '../program/command.ts'
import { table } from '../program/table.ts'
import { askSocket } from '../talk/ask-socket.ts'

const columns = ['id', 'type', 'scope', 'value', 'duration', 'reporter', 'cause', 'scenario'] as const

/** `sevenfold decisions held`. */
export const decisionsHeld: Command = {
  name: 'decisions held',
  summary: 'show bans that a limit held back, because too many came at once; each is forgotten after a day',
  options: {
    reporter: { type: 'string', value: 'NAME', help: 'only those that this reporter asked for' },
    ...placeOptions,
  },
  examples: ['sevenfold decisions held', 'sevenfold decisions held --reporter edge --json'],
  run: async (call) => {
    const socketPath = await partSocket(call, 'detection', 'api.sock')
    const answer = await askSocket({ socketPath, part: 'detection', path: '/v1/decisions/held' })
    const reporter = call.text('reporter')
    const held = decisionsOf(answer).filter(
      (one) => reporter === undefined || fieldText(one, 'reporter') === reporter,
    )
    if (call.json) call.io.out(JSON.stringify(held))
    else if (held.length === 0) call.io.out('no bans are held')
    else {
      call.io.out(
        table(
          columns,
          held.map((one) => columns.map((key) => fieldText(one, key) ?? '')),
        ),
      )
      call.io.note('sevenfold: decisions release makes them, decisions drop forgets them')
    }
    return 0
  },
}
