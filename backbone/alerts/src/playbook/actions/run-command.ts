import { AlertsError } from '../../alerts-error.ts'
import { fill } from '../scope.ts'
import { checkTexts, setting } from './action.ts'
import type { Action, ActionCall } from './action.ts'

/** Arguments with their values: each stays one argument, whatever stands in it; no shell reads it. */
function argvOf(call: ActionCall, argv: readonly string[]): readonly string[] {
  return argv.map((argument, index) => {
    const text = index === 0 ? argument : fill(argument, call.scope)
    // A value must not turn into an option of the program.
    const isValue = argument.startsWith('{{')
    return isValue && text.startsWith('-') ? `./${text}` : text.replaceAll('\u0000', '')
  })
}

/**
 * Runs a program that `playbooks.commands` names.
 *
 * `command: { name: snapshot-vm }`
 */
export const runCommand: Action = {
  name: 'command',
  canUndo: true,
  check: (settings, path) => checkTexts(settings, path, { needed: ['name'], optional: ['undo'] }),
  describe: ({ settings }) => [`run the command ${setting(settings, 'name')}`],
  run: async (call, reach) => {
    const name = setting(call.settings, 'name')
    const argv = reach.commands.get(name)
    if (argv === undefined)
      throw new AlertsError('ALERTS_REFUSED', `no command is called ${name} in playbooks.commands`)
    const output = await reach.run({ argv: argvOf(call, argv) })
    const back = setting(call.settings, 'undo')
    const undo = back === '' ? undefined : reach.commands.get(back)
    return {
      text: `${name}: ${output.slice(0, 200)}`,
      ...(undo === undefined ? {} : { undo: [...argvOf(call, undo)] }),
    }
  },
  undo: async (undo, reach) => {
    const argv = Array.isArray(undo) ? undo.filter((one): one is string => typeof one === 'string') : []
    if (argv.length > 0) await reach.run({ argv })
  },
}
