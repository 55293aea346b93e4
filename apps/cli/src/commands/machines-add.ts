import { isJsonObject } from '@sevenfold/event'
import { actor } from '../place/actor.ts'
import { partSocket, placeOptions } from '../place/data-folder.ts'
import { environmentError } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'
import { askSocket } from '../talk/ask-socket.ts'

/** `sevenfold machines add`. */
export const machinesAdd: Command = {
  name: 'machines add',
  summary: 'let a CrowdSec agent report alerts; its password is shown this once',
  details: `A machine acts on users and sessions. With --trusted it can get addresses banned that the edge never saw, and take
back anybody's decisions; so can whoever takes that host over.`,
  words: { name: 'NAME', help: 'name that the agent logs in with', min: 1, max: 1 },
  options: {
    trusted: { type: 'boolean', help: 'its word about addresses counts without the edge' },
    ...placeOptions,
  },
  examples: ['sevenfold machines add web1', 'sevenfold machines add ssh-gateway --trusted'],
  run: async (call) => {
    const answer = await askSocket({
      socketPath: await partSocket(call, 'detection', 'api.sock'),
      part: 'detection',
      method: 'POST',
      path: '/v1/machines',
      body: { name: call.words[0] ?? '', trusted: call.flag('trusted'), actor: actor() },
    })
    const password = isJsonObject(answer) ? answer['password'] : undefined
    if (typeof password !== 'string')
      throw environmentError('detection did not answer as agreed', 'is it of this version?')
    call.io.out(call.json ? JSON.stringify(answer) : password)
    if (!call.json) call.io.note('keep this password: it is stored only as a hash and never shown again')
    return 0
  },
}
