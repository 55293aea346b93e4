import type { Command } from '../program/command.ts'

/** `sevenfold sigma eval`. */
export const sigmaEval: Command = {
  name: 'sigma eval',
  summary: 'match events from standard input against Sigma rules, one JSON object a line',
  details: `in:  {"id", "logsource": {"category"?, "product"?, "service"?}, "event"}
out: {"id", "matches": [rule ids]}; rules that cannot be used are named on standard error with their place`,
  words: { name: 'DIR…', help: 'more rules, as --rules', min: 0, max: 64 },
  options: {
    rules: {
      type: 'string',
      value: 'DIR',
      multiple: true,
      help: 'folder or file with rules; may stand several times',
    },
  },
  examples: ['sevenfold sigma eval --rules sigma/rules < events.ndjson'],
  exits: { 1: 'a line could not be read' },
  run: async (call) => await (await import('../sigma/run-eval.ts')).runSigmaEval(call),
}
