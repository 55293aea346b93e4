import { isJsonObject } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'
import { actor } from '../place/actor.ts'
import { partSocket, placeOptions } from '../place/data-folder.ts'
import { exitCodes, usageError } from '../program/cli-error.ts'
import type { Call, Command } from '../program/command.ts'
import { askSocket } from '../talk/ask-socket.ts'

const summaries = {
  release: 'make bans that a limit held back',
  drop: 'forget bans that a limit held back',
} as const

type Act = keyof typeof summaries

/** What the bans are chosen by. */
function choice(call: Call, act: Act): JsonObject {
  const [reporter, all] = [call.text('reporter'), call.flag('all')]
  const given = [
    ...call.words.slice(0, 1),
    ...(reporter === undefined ? [] : [reporter]),
    ...(all ? ['all'] : []),
  ]
  if (given.length !== 1)
    throw usageError(
      `name what to ${act}: numbers, an address, --reporter or --all, and only one of them`,
      'sevenfold decisions held shows what is held',
    )
  if (all) return { all: true }
  if (reporter !== undefined) return { reporter }
  if (call.words.every((word) => /^\d{1,15}$/.test(word))) return { ids: call.words.map(Number) }
  if (call.words.length === 1) return { value: call.words[0] ?? '' }
  throw usageError('several are named by their numbers', 'sevenfold decisions held shows them')
}

const count = (answer: JsonObject, key: string): number => {
  const value = answer[key]
  return typeof value === 'number' ? value : 0
}

/** What came of it, for people. */
function lines(answer: JsonObject, act: Act): readonly string[] {
  if (act === 'drop') return [`dropped ${count(answer, 'dropped')} held bans`]
  const why = Array.isArray(answer['why']) ? answer['why'] : []
  const inForce = count(answer, 'inForce')
  return [
    `released ${count(answer, 'released')} held bans${inForce > 0 ? `, ${inForce} were in force already` : ''}`,
    ...why.map((one) => `not released: ${String(one)}`),
  ]
}

/** `sevenfold decisions release|drop`. */
export function decisionsHeldAct(act: Act): Command {
  return {
    name: `decisions ${act}`,
    summary: summaries[act],
    words: {
      name: 'ID|VALUE',
      help: 'numbers of held bans, or the address or range that they are about',
      min: 0,
      max: 500,
    },
    options: {
      reporter: { type: 'string', value: 'NAME', help: 'all that this reporter asked for' },
      all: { type: 'boolean', help: 'every ban that is held' },
      reason: { type: 'string', value: 'TEXT', help: 'why; it is needed, and recorded' },
      ...placeOptions,
    },
    examples: [
      `sevenfold decisions ${act} 3 4 --reason "looked at the log"`,
      `sevenfold decisions ${act} --all --reason "${act === 'release' ? 'an attack' : 'a scenario gone wrong'}"`,
    ],
    exits: { 1: 'no such ban is held' },
    run: async (call) => {
      const reason = call.text('reason') ?? ''
      const chosen = choice(call, act)
      if (reason.trim() === '')
        throw usageError('say why', `for example --reason "looked at the log"; it is recorded`)
      const answer = await askSocket({
        socketPath: await partSocket(call, 'detection', 'api.sock'),
        part: 'detection',
        method: 'POST',
        path: `/v1/decisions/held/${act}`,
        body: { ...chosen, reason, actor: actor() },
      })
      if (!isJsonObject(answer)) {
        call.io.note('sevenfold: no such ban is held; sevenfold decisions held shows all')
        return exitCodes.findings
      }
      if (call.json) call.io.out(JSON.stringify(answer))
      else for (const line of lines(answer, act)) call.io.out(line)
      return exitCodes.ok
    },
  }
}
