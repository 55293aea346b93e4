import type { Command } from '../program/command.ts'

/** `sevenfold sigma eval`. */
export const sigmaEval: Command = {
  name: 'sigma eval',
  summary: 'match events from standard input against Sigma rules, one JSON object a line',
  details: `in:  {"id", "logsource": {"category"?, "product"?, "service"?}, "event"}
out: {"id", "matches": [rule ids]}; rules that cannot be used are named on standard error with their place
With correlation rules a line has a "time" (ISO 8601 or a number since 1970), or the event an "@timestamp"; the ids of those that
fire stand in "matches" too, and "correlations": [{"id", "group", "result", "count"}] says more. Windows that end with the input
are told in a last line with "id": null.`,
  words: { name: 'DIR…', help: 'more rules, as --rules', min: 0, max: 64 },
  options: {
    rules: {
      type: 'string',
      value: 'DIR',
      multiple: true,
      help: 'folder or file with rules; may stand several times',
    },
    placeholders: {
      type: 'string',
      value: 'FILE',
      help: 'YAML mapping of placeholder names to lists of values, for |expand',
    },
    mapping: {
      type: 'string',
      value: 'FILE',
      help: 'YAML list of field mappings: [{logsource, fields: {name in the rule: name in the event}}]',
    },
  },
  examples: ['sevenfold sigma eval --rules sigma/rules < events.ndjson'],
  exits: { 1: 'a line could not be read' },
  run: async (call) => await (await import('../sigma/run-eval.ts')).runSigmaEval(call),
}
