import { placeOptions } from '../place/data-folder.ts'
import type { Command } from '../program/command.ts'

/** `sevenfold rules rollback`. */
export const rulesRollback: Command = {
  name: 'rules rollback',
  summary: 'put back the rule set before the last installation',
  words: { name: 'crs', help: 'what to put back', min: 1, max: 1 },
  options: placeOptions,
  examples: ['sevenfold rules rollback crs'],
  exits: { 1: 'there is none before' },
  run: async (call) => await (await import('../waf/run-rules-install.ts')).runRulesRollback(call),
}
