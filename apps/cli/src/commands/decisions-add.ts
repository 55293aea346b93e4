import { isJsonObject } from '@sevenfold/event'
import { actor } from '../place/actor.ts'
import { partSocket, placeOptions } from '../place/data-folder.ts'
import { fieldText } from '../place/field-text.ts'
import { environmentError } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'
import { askSocket } from '../talk/ask-socket.ts'

/** `sevenfold decisions add`. */
export const decisionsAdd: Command = {
  name: 'decisions add',
  summary: 'ban an address or a range by hand, or allow one',
  words: { name: 'VALUE', help: 'address such as 192.0.2.7, or range such as 192.0.2.0/24', min: 1, max: 1 },
  options: {
    duration: {
      type: 'string',
      value: 'TIME',
      help: 'such as 4h or 90m',
      default: 'banDuration of the configuration',
    },
    reason: { type: 'string', value: 'TEXT', help: 'why; it is recorded' },
    type: { type: 'string', value: 'TYPE', help: 'ban, captcha, throttle or allow', default: 'ban' },
    scope: {
      type: 'string',
      value: 'SCOPE',
      help: 'ip, range, country, as, username or session',
      default: 'ip, or range with a slash',
    },
    ...placeOptions,
  },
  examples: ['sevenfold decisions add 192.0.2.7 --duration 4h --reason "scraping prices"'],
  run: async (call) => {
    const [value = ''] = call.words
    const [duration, reason] = [call.text('duration'), call.text('reason')]
    const answer = await askSocket({
      socketPath: await partSocket(call, 'detection', 'api.sock'),
      part: 'detection',
      method: 'POST',
      path: '/v1/decisions',
      body: {
        value,
        scope: call.text('scope') ?? (value.includes('/') ? 'range' : 'ip'),
        type: call.text('type') ?? 'ban',
        actor: actor(),
        ...(duration === undefined ? {} : { duration }),
        ...(reason === undefined ? {} : { reason }),
      },
    })
    if (!isJsonObject(answer))
      throw environmentError('detection did not answer as agreed', 'is it of this version?')
    call.io.out(
      call.json
        ? JSON.stringify(answer)
        : `decision ${fieldText(answer, 'id') ?? ''}: ${fieldText(answer, 'type') ?? ''} ${fieldText(answer, 'value') ?? ''} until ${fieldText(answer, 'until') ?? ''}`,
    )
    return 0
  },
}
