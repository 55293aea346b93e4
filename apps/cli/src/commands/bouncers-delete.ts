import { actor } from '../place/actor.ts'
import { partSocket, placeOptions } from '../place/data-folder.ts'
import { exitCodes } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'
import { askSocket } from '../talk/ask-socket.ts'

/** `sevenfold bouncers delete`. */
export const bouncersDelete: Command = {
  name: 'bouncers delete',
  summary: 'take back the key of a bouncer',
  words: { name: 'NAME', help: 'name of the bouncer', min: 1, max: 1 },
  options: placeOptions,
  examples: ['sevenfold bouncers delete nginx'],
  exits: { 1: 'there is no such bouncer' },
  run: async (call) => {
    const [name = ''] = call.words
    const answer = await askSocket({
      socketPath: await partSocket(call, 'detection', 'api.sock'),
      part: 'detection',
      method: 'DELETE',
      path: `/v1/bouncers/${encodeURIComponent(name)}`,
      body: { actor: actor() },
    })
    const deleted = answer !== undefined
    if (call.json) call.io.out(JSON.stringify({ deleted }))
    else if (deleted) call.io.out(`deleted ${name}`)
    else call.io.note(`sevenfold: there is no bouncer ${name}; sevenfold bouncers list shows all`)
    return deleted ? exitCodes.ok : exitCodes.findings
  },
}
