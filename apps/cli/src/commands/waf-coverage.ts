import type { Command } from '../program/command.ts'
import { ruleOptions } from '../waf/rule-options.ts'

/** `sevenfold waf coverage`. */
export const wafCoverage: Command = {
  name: 'waf coverage',
  summary: 'count on how many requests of standard input each rule fires, and which never do',
  details: 'Reads requests in the form of waf eval. Rules only detect, so that none hides another.',
  options: {
    never: { type: 'boolean', help: 'only rules that never fired' },
    all: { type: 'boolean', help: 'also rules that are never logged, such as those that skip others' },
    ...ruleOptions,
  },
  examples: [
    'sevenfold waf coverage --rules builtin < requests.ndjson',
    'sevenfold waf coverage --never < attacks.ndjson',
  ],
  exits: { 1: 'a rule never fired' },
  run: async (call) => await (await import('../waf/run-coverage.ts')).runCoverage(call),
}
