import { placeOptions } from '../place/data-folder.ts'
import type { Command } from '../program/command.ts'

/** `sevenfold sigma test`. */
export const sigmaTest: Command = {
  name: 'sigma test',
  summary: 'run Sigma rules over the stored events: what each would have matched',
  details:
    'Reads the ledger, oldest event first, with progress on standard error; Ctrl-C ends it with what was found until then.',
  words: { name: 'DIR…', help: 'more rules, as --rules', min: 0, max: 64 },
  options: {
    rules: {
      type: 'string',
      value: 'DIR',
      multiple: true,
      help: 'folder or file with rules',
      default: 'builtin, our own pack',
    },
    rule: { type: 'string', value: 'NAME', multiple: true, help: 'only this rule, by name or id' },
    last: { type: 'string', value: 'TIME', help: 'only events of the last time, such as 24h' },
    ...placeOptions,
  },
  examples: ['sevenfold sigma test', 'sevenfold sigma test --rules ./my-rules --last 7d'],
  exits: { 1: 'rules would have matched' },
  run: async (call) => await (await import('../sigma/run-test.ts')).runSigmaTest(call),
}
