import { isJsonObject } from '@sevenfold/event'
import { actor } from '../place/actor.ts'
import { partSocket, placeOptions } from '../place/data-folder.ts'
import { environmentError, usageError } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'
import { askSocket } from '../talk/ask-socket.ts'

/** `sevenfold bouncers add`. */
export const bouncersAdd: Command = {
  name: 'bouncers add',
  summary: 'let a bouncer read decisions; its key is shown this once',
  words: { name: 'NAME', help: 'name of the bouncer', min: 1, max: 1 },
  options: {
    kind: {
      type: 'string',
      value: 'KIND',
      help: 'firewall, proxy or custom',
      default: 'by what it says of itself',
    },
    scopes: {
      type: 'string',
      value: 'LIST',
      help: 'scopes that it is given, such as ip,range,country',
      default: 'by its kind',
    },
    'expand-ranges': {
      type: 'boolean',
      help: 'spell out small ranges, for firewalls that keep only the first address',
    },
    ...placeOptions,
  },
  examples: ['sevenfold bouncers add nginx', 'sevenfold bouncers add fw1 --kind firewall --expand-ranges'],
  run: async (call) => {
    const [kind, scopes] = [call.text('kind'), call.text('scopes')]
    if (kind !== undefined && !['firewall', 'proxy', 'custom'].includes(kind))
      throw usageError(`there is no kind ${kind}`, 'firewall, proxy or custom')
    const answer = await askSocket({
      socketPath: await partSocket(call, 'detection', 'api.sock'),
      part: 'detection',
      method: 'POST',
      path: '/v1/bouncers',
      body: {
        name: call.words[0] ?? '',
        actor: actor(),
        expandRanges: call.flag('expand-ranges'),
        ...(kind === undefined ? {} : { kind }),
        ...(scopes === undefined ? {} : { scopes: scopes.split(',').map((scope) => scope.trim()) }),
      },
    })
    const key = isJsonObject(answer) ? answer['key'] : undefined
    if (typeof key !== 'string')
      throw environmentError('detection did not answer as agreed', 'is it of this version?')
    call.io.out(call.json ? JSON.stringify(answer) : key)
    if (!call.json) call.io.note('keep this key: it is stored only as a hash and never shown again')
    return 0
  },
}
