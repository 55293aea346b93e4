import type { JsonObject } from '@sevenfold/event'
import { actor } from '../place/actor.ts'
import { partSocket, placeOptions } from '../place/data-folder.ts'
import { exitCodes } from '../program/cli-error.ts'
import type { Call, Command } from '../program/command.ts'
import { askSocket } from '../talk/ask-socket.ts'

interface Change {
  readonly method: 'POST' | 'DELETE'
  readonly body: JsonObject
  /** What is said when it is done. */
  readonly done: string
}

async function change(call: Call, { method, body, done }: Change): Promise<number> {
  const [name = ''] = call.words
  const answer = await askSocket({
    socketPath: await partSocket(call, 'detection', 'api.sock'),
    part: 'detection',
    method,
    path: `/v1/machines/${encodeURIComponent(name)}`,
    body: { ...body, actor: actor() },
  })
  const isDone = answer !== undefined
  if (call.json) call.io.out(JSON.stringify({ changed: isDone }))
  else if (isDone) call.io.out(`${done} ${name}`)
  else call.io.note(`sevenfold: there is no machine ${name}; sevenfold machines list shows all`)
  return isDone ? exitCodes.ok : exitCodes.findings
}

const words = { name: 'NAME', help: 'name of the machine', min: 1, max: 1 }
const exits = { 1: 'there is no such machine' }

/** `sevenfold machines accept`. */
export const machinesAccept: Command = {
  name: 'machines accept',
  summary: 'accept a machine that registered itself',
  words,
  options: placeOptions,
  examples: ['sevenfold machines accept web1'],
  exits,
  run: (call) => change(call, { method: 'POST', body: { validated: true }, done: 'accepted' }),
}

/** `sevenfold machines trust`. */
export const machinesTrust: Command = {
  name: 'machines trust',
  summary: 'let the word of a machine about addresses count without the edge, or take that back',
  words,
  options: { no: { type: 'boolean', help: 'take it back' }, ...placeOptions },
  examples: ['sevenfold machines trust ssh-gateway', 'sevenfold machines trust ssh-gateway --no'],
  exits,
  run: (call) =>
    change(call, {
      method: 'POST',
      body: { trusted: !call.flag('no') },
      done: call.flag('no') ? 'no longer trusted' : 'trusted',
    }),
}

/** `sevenfold machines delete`. */
export const machinesDelete: Command = {
  name: 'machines delete',
  summary: 'take back the password and the tokens of a machine',
  words,
  options: placeOptions,
  examples: ['sevenfold machines delete web1'],
  exits,
  run: (call) => change(call, { method: 'DELETE', body: {}, done: 'deleted' }),
}
