import { isJsonObject } from '@sevenfold/event'
import { partSocket, placeOptions } from '../place/data-folder.ts'
import { fieldText } from '../place/field-text.ts'
import type { Command } from '../program/command.ts'
import { table } from '../program/table.ts'
import { askSocket } from '../talk/ask-socket.ts'

const columns = ['name', 'validated', 'trusted', 'created', 'lastSeen', 'address', 'agent'] as const

/** `sevenfold machines list`. */
export const machinesList: Command = {
  name: 'machines list',
  summary: 'show who may report alerts, who waits to be accepted, and when each was last there',
  options: placeOptions,
  examples: ['sevenfold machines list'],
  run: async (call) => {
    const socketPath = await partSocket(call, 'detection', 'api.sock')
    const answer = await askSocket({ socketPath, part: 'detection', path: '/v1/machines' })
    const machines = (Array.isArray(answer) ? answer : []).filter(isJsonObject)
    if (call.json) call.io.out(JSON.stringify(machines))
    else if (machines.length === 0) call.io.out('no machines; add one with sevenfold machines add NAME')
    else
      call.io.out(
        table(
          columns,
          machines.map((machine) =>
            columns.map((name) => {
              const value = machine[name]
              return typeof value === 'boolean' ? (value ? 'yes' : 'no') : (fieldText(machine, name) ?? '')
            }),
          ),
        ),
      )
    return 0
  },
}
