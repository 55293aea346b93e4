import { isJsonObject } from '@sevenfold/event'
import { partSocket, placeOptions } from '../place/data-folder.ts'
import { fieldText } from '../place/field-text.ts'
import type { Command } from '../program/command.ts'
import { table } from '../program/table.ts'
import { askSocket } from '../talk/ask-socket.ts'

const columns = ['name', 'created', 'kind', 'lastSeen', 'address', 'agent'] as const

/** `sevenfold bouncers list`. */
export const bouncersList: Command = {
  name: 'bouncers list',
  summary: 'show who may read decisions',
  options: placeOptions,
  examples: ['sevenfold bouncers list'],
  run: async (call) => {
    const socketPath = await partSocket(call, 'detection', 'api.sock')
    const answer = await askSocket({ socketPath, part: 'detection', path: '/v1/bouncers' })
    const bouncers = (Array.isArray(answer) ? answer : []).filter(isJsonObject)
    if (call.json) call.io.out(JSON.stringify(bouncers))
    else if (bouncers.length === 0) call.io.out('no bouncers; add one with sevenfold bouncers add NAME')
    else
      call.io.out(
        table(
          columns,
          bouncers.map((bouncer) => columns.map((name) => fieldText(bouncer, name) ?? '')),
        ),
      )
    return 0
  },
}
