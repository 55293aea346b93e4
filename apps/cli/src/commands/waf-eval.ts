import type { Command } from '../program/command.ts'
import { ruleOptions } from '../waf/rule-options.ts'

/** `sevenfold waf eval`. */
export const wafEval: Command = {
  name: 'waf eval',
  summary: 'judge requests from standard input by SecLang rules, one JSON object a line',
  details: `in:  {"id", "method", "uri", "version"?, "headers": {k: v} or [[k, v], …], "body"? or "bodyBase64"?, "response"?}
out: {"id", "verdict": "pass" or "block", "status", "score", "rules": [ids in order of logging], "micros"}`,
  words: { name: 'DIR…', help: 'more rules, as --rules', min: 0, max: 64 },
  options: ruleOptions,
  examples: [
    'sevenfold waf eval < requests.ndjson',
    'sevenfold waf eval --rules /usr/share/modsecurity-crs --paranoia 2 < requests.ndjson',
  ],
  exits: { 1: 'a line could not be read' },
  run: async (call) => await (await import('../waf/run-eval.ts')).runEval(call),
}
