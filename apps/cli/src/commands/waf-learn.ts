import type { Command } from '../program/command.ts'
import { ruleOptions } from '../waf/rule-options.ts'

/** `sevenfold waf learn`. */
export const wafLearn: Command = {
  name: 'waf learn',
  summary: 'propose exact exclusions from traffic known to be benign, with what each would let through',
  details:
    'Requests are in the form of waf eval; a line may say of itself benign: false or label: "attack". Each exclusion leaves one rule out for one parameter of one path; attacks are judged again with it.',
  words: { name: 'FILE…', help: 'benign requests, one JSON object a line', min: 1, max: 16 },
  options: {
    attacks: { type: 'string', value: 'FILE', multiple: true, help: 'requests that must stay blocked' },
    ...ruleOptions,
  },
  examples: ['sevenfold waf learn benign.ndjson --attacks attacks.ndjson > exclusions.conf'],
  exits: { 1: 'a benign request stays blocked, or an attack would pass' },
  run: async (call) => await (await import('../waf/run-learn.ts')).runLearn(call),
}
