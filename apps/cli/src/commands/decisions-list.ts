import { allDecisions } from '../decisions/all-decisions.ts'
import { partSocket, placeOptions } from '../place/data-folder.ts'
import { fieldText } from '../place/field-text.ts'
import { usageError } from '../program/cli-error.ts'
import type { Call, Command } from '../program/command.ts'
import { table } from '../program/table.ts'

const columns = ['id', 'type', 'scope', 'value', 'duration', 'origin', 'scenario'] as const

/** Rows that are shown to people where they do not say how many. */
const shownRows = 1_000

function limitOf(call: Call): number {
  const text = call.text('limit')
  if (text === undefined) return call.json ? Number.POSITIVE_INFINITY : shownRows
  const limit = Number(text)
  if (!/^\d{1,9}$/.test(text) || limit < 1)
    throw usageError(`--limit ${text} is no number from 1 on`, 'such as --limit 50')
  return limit
}

/** `sevenfold decisions list`. */
export const decisionsList: Command = {
  name: 'decisions list',
  summary: 'show active decisions: who is banned, why, and how long',
  options: {
    value: { type: 'string', value: 'VALUE', help: 'only decisions on this address, range or name' },
    limit: { type: 'string', value: 'N', help: 'at most so many', default: '1000, with --json all' },
    ...placeOptions,
  },
  examples: ['sevenfold decisions list', 'sevenfold decisions list --value 192.0.2.7 --json'],
  run: async (call) => {
    const socketPath = await partSocket(call, 'detection', 'api.sock')
    const value = call.text('value')
    const limit = limitOf(call)
    const found = await allDecisions({
      socketPath,
      ...(value === undefined ? {} : { filters: { value } }),
      limit: limit + 1,
    })
    const decisions = found.slice(0, limit)
    if (call.json) call.io.out(JSON.stringify(decisions))
    else if (decisions.length === 0) call.io.out('no active decisions')
    else
      call.io.out(
        table(
          columns,
          decisions.map((decision) => columns.map((key) => fieldText(decision, key) ?? '')),
        ),
      )
    if (found.length > limit)
      call.io.note(`sevenfold: there are more; --limit and --value show others, decisions export prints all`)
    return 0
  },
}
