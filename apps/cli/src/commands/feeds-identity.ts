import { isJsonObject } from '@sevenfold/event'
import { partSocket, placeOptions } from '../place/data-folder.ts'
import { fieldText } from '../place/field-text.ts'
import type { Command } from '../program/command.ts'
import { askSocket } from '../talk/ask-socket.ts'

/** `sevenfold feeds identity`. */
export const feedsIdentity: Command = {
  name: 'feeds identity',
  summary: 'show the public key by which an exchange knows the signals of this installation',
  options: placeOptions,
  examples: ['sevenfold feeds identity'],
  run: async (call) => {
    const socketPath = await partSocket(call, 'detection', 'api.sock')
    const answer = await askSocket({ socketPath, part: 'detection', path: '/v1/feeds/identity' })
    const key = isJsonObject(answer) ? (fieldText(answer, 'publicKey') ?? '') : ''
    call.io.out(call.json ? JSON.stringify({ publicKey: key }) : key)
    return 0
  },
}
