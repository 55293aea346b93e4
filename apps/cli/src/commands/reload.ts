import { actor } from '../place/actor.ts'
import { partSocket, placeOptions } from '../place/data-folder.ts'
import type { Command } from '../program/command.ts'

/** Several parts may have to start again, one after the other. */
const reloadTimeoutMs = 120_000

/** `sevenfold reload`. */
export const reload: Command = {
  name: 'reload',
  summary: 'let what runs take a changed configuration, as a whole or not at all',
  options: placeOptions,
  examples: ['sevenfold reload'],
  exits: { 1: 'the configuration is faulty or a part refused it; nothing was changed' },
  run: async (call) => {
    const socketPath = await partSocket(call, 'supervisor', 'control.sock')
    const { control } = await import('../talk/control.ts')
    const result = await control(
      'the supervisor',
      socketPath,
      { op: 'reload', actor: actor() },
      reloadTimeoutMs,
    )
    call.io.out(call.json ? JSON.stringify(result ?? null) : 'the configuration is in force')
    return 0
  },
}
