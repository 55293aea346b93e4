import type { Command } from '../program/command.ts'
import { ruleOptions } from '../waf/rule-options.ts'

/** `sevenfold waf lint`. */
export const wafLint: Command = {
  name: 'waf lint',
  summary: 'find rules that can never match, miss a phase, are slow, or exclude nothing',
  words: { name: 'DIR…', help: 'more rules, as --rules', min: 0, max: 64 },
  options: ruleOptions,
  examples: ['sevenfold waf lint --rules ./own-rules'],
  exits: { 1: 'there are findings' },
  run: async (call) => await (await import('../waf/run-lint.ts')).runLint(call),
}
