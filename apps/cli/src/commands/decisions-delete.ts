import { actor } from '../place/actor.ts'
import { partSocket, placeOptions } from '../place/data-folder.ts'
import { fieldText } from '../place/field-text.ts'
import { exitCodes } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'
import { askSocket } from '../talk/ask-socket.ts'
import { decisionsOf } from './decisions-list.ts'

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
    const active = decisionsOf(await askSocket({ ...ask, path: '/v1/decisions' }))
    const wanted = active.filter(
      (decision) => fieldText(decision, 'id') === word || fieldText(decision, 'value') === word,
    )
    const body = { actor: actor(), reason: call.text('reason') ?? '' }
    let deleted = 0
    for (const decision of wanted) {
      // One that has expired meanwhile is gone, which is what was asked for.
      const answer = await askSocket({
        ...ask,
        method: 'DELETE',
        path: `/v1/decisions/${fieldText(decision, 'id') ?? ''}`,
        body,
      })
      if (answer !== undefined) deleted += 1
    }
    if (call.json) call.io.out(JSON.stringify({ deleted }))
    else if (deleted > 0) call.io.out(`deleted ${deleted} decision${deleted === 1 ? '' : 's'}`)
    else call.io.note(`sevenfold: there is no active decision ${word}; sevenfold decisions list shows all`)
    return deleted > 0 ? exitCodes.ok : exitCodes.findings
  },
}
