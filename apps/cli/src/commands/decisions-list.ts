import type { Json, JsonObject } from '@sevenfold/event'
import { isJsonObject } from '@sevenfold/event'
import { partSocket, placeOptions } from '../place/data-folder.ts'
import { fieldText } from '../place/field-text.ts'
import type { Command } from '../program/command.ts'
import { table } from '../program/table.ts'
import { askSocket } from '../talk/ask-socket.ts'

const columns = ['id', 'type', 'scope', 'value', 'duration', 'origin', 'scenario'] as const

/** Decisions that an answer holds, whatever else it holds. */
export function decisionsOf(answer: Json | undefined): readonly JsonObject[] {
  return (Array.isArray(answer) ? answer : []).filter(isJsonObject)
}

/** `sevenfold decisions list`. */
export const decisionsList: Command = {
  name: 'decisions list',
  summary: 'show active decisions: who is banned, why, and how long',
  options: {
    value: { type: 'string', value: 'VALUE', help: 'only decisions on this address, range or name' },
    ...placeOptions,
  },
  examples: ['sevenfold decisions list', 'sevenfold decisions list --value 192.0.2.7 --json'],
  run: async (call) => {
    const socketPath = await partSocket(call, 'detection', 'api.sock')
    const answer = await askSocket({ socketPath, part: 'detection', path: '/v1/decisions' })
    const wanted = call.text('value')
    const decisions = decisionsOf(answer).filter(
      (decision) => wanted === undefined || (fieldText(decision, 'value') ?? '') === wanted,
    )
    if (call.json) call.io.out(JSON.stringify(decisions))
    else if (decisions.length === 0) call.io.out('no active decisions')
    else
      call.io.out(
        table(
          columns,
          decisions.map((decision) => columns.map((key) => fieldText(decision, key) ?? '')),
        ),
      )
    return 0
  },
}
