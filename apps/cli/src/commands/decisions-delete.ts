import { allDecisions } from '../decisions/all-decisions.ts'
import { actor } from '../place/actor.ts'
import { partSocket, placeOptions } from '../place/data-folder.ts'
import { fieldText } from '../place/field-text.ts'
import { exitCodes } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'
import { askSocket } from '../talk/ask-socket.ts'

/** `sevenfold decisions delete`. */
export const decisionsDelete: Command = {
  name: 'decisions delete',
  summary: 'end decisions before their time',
  words: {
    name: 'ID|VALUE',
    help: 'number of a decision, or the address or range that it is about',
    min: 1,
    max: 1,
  },
  options: { reason: { type: 'string', value: 'TEXT', help: 'why; it is recorded' }, ...placeOptions },
  examples: ['sevenfold decisions delete 17 --reason "office"', 'sevenfold decisions delete 192.0.2.7'],
  exits: { 1: 'there is no such decision' },
  run: async (call) => {
    const [word = ''] = call.words
    const socketPath = await partSocket(call, 'detection', 'api.sock')
    const ask = { socketPath, part: 'detection' }
    const end = async (ids: readonly string[]): Promise<number> => {
      let ended = 0
      for (const id of ids) {
        const body = { actor: actor(), reason: call.text('reason') ?? '' }
        // One that has expired meanwhile is gone, which is what was asked for.
        const path = `/v1/decisions/${id}`
        if ((await askSocket({ ...ask, method: 'DELETE', path, body })) !== undefined) ended += 1
      }
      return ended
    }
    let deleted = /^\d{1,15}$/.test(word) ? await end([word]) : 0
    if (deleted === 0) {
      const found = await allDecisions({ socketPath, filters: { value: word } })
      deleted = await end(found.flatMap((decision) => fieldText(decision, 'id') ?? []))
    }
    if (call.json) call.io.out(JSON.stringify({ deleted }))
    else if (deleted > 0) call.io.out(`deleted ${deleted} decision${deleted === 1 ? '' : 's'}`)
    else call.io.note(`sevenfold: there is no active decision ${word}; sevenfold decisions list shows all`)
    return deleted > 0 ? exitCodes.ok : exitCodes.findings
  },
}
