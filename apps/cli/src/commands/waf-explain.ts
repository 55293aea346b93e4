import type { Command } from '../program/command.ts'
import { ruleOptions } from '../waf/rule-options.ts'

/** `sevenfold waf explain`. */
export const wafExplain: Command = {
  name: 'waf explain',
  summary: 'show why rules match a request, and the least exclusion that would keep them quiet',
  details: 'Reads requests in the form of waf eval, one JSON object a line.',
  words: { name: 'DIR…', help: 'more rules, as --rules', min: 0, max: 64 },
  options: ruleOptions,
  examples: ['sevenfold waf explain < request.json'],
  exits: { 1: 'a rule matched' },
  run: async (call) => await (await import('../waf/run-explain.ts')).runExplain(call),
}
