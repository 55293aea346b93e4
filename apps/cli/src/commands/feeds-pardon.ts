import { actor } from '../place/actor.ts'
import { partSocket, placeOptions } from '../place/data-folder.ts'
import { exitCodes, usageError } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'
import { askSocket } from '../talk/ask-socket.ts'

/** `sevenfold feeds pardon`. */
export const feedsPardon: Command = {
  name: 'feeds pardon',
  summary: 'forget what a reporter told the exchange, and believe it again',
  words: { name: 'NAME', help: 'name of the reporter', min: 1, max: 1 },
  options: {
    reason: { type: 'string', value: 'TEXT', help: 'why; it is needed, and recorded' },
    ...placeOptions,
  },
  examples: ['sevenfold feeds pardon partner --reason "new key"'],
  exits: { 1: 'there is no such reporter' },
  run: async (call) => {
    const [name = ''] = call.words
    const reason = call.text('reason') ?? ''
    if (reason.trim() === '') throw usageError('say why', 'for example --reason "new key"; it is recorded')
    const answer = await askSocket({
      socketPath: await partSocket(call, 'detection', 'api.sock'),
      part: 'detection',
      method: 'POST',
      path: `/v1/exchange/reporters/${encodeURIComponent(name)}/pardon`,
      body: { reason, actor: actor() },
    })
    if (answer === undefined) {
      call.io.note(`sevenfold: there is no reporter ${name}; sevenfold feeds reporters shows all`)
      return exitCodes.findings
    }
    call.io.out(call.json ? JSON.stringify(answer) : `pardoned ${name}`)
    return exitCodes.ok
  },
}
