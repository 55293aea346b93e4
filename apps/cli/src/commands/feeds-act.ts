import { actor } from '../place/actor.ts'
import { partSocket, placeOptions } from '../place/data-folder.ts'
import { exitCodes } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'
import { askSocket } from '../talk/ask-socket.ts'

const summaries = {
  refresh: 'look at a threat feed now',
  approve: 'take an update of a threat feed that waits, because it is large',
  reject: 'drop an update of a threat feed that waits',
  rollback: 'go back to what a threat feed said before its last update',
} as const

/** `sevenfold feeds refresh|approve|reject|rollback`. */
export function feedsAct(act: keyof typeof summaries): Command {
  return {
    name: `feeds ${act}`,
    summary: summaries[act],
    words: { name: 'NAME', help: 'name of the feed', min: 1, max: 1 },
    options: placeOptions,
    examples: [`sevenfold feeds ${act} drop-list`],
    exits: { 1: 'there is no such feed, or nothing to do' },
    run: async (call) => {
      const [name = ''] = call.words
      const socketPath = await partSocket(call, 'detection', 'api.sock')
      const path = `/v1/feeds/${encodeURIComponent(name)}/${act}`
      const answer = await askSocket({
        socketPath,
        part: 'detection',
        method: 'POST',
        path,
        body: { actor: actor() },
      })
      if (answer === undefined) {
        call.io.note(`sevenfold: there is no feed ${name}; sevenfold feeds list shows all`)
        return exitCodes.findings
      }
      call.io.out(call.json ? JSON.stringify(answer) : `${act}: ${name}`)
      return exitCodes.ok
    },
  }
}
