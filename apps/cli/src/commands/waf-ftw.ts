import type { Command } from '../program/command.ts'
import { ruleOptions } from '../waf/rule-options.ts'

/** `sevenfold waf ftw`. */
export const wafFtw: Command = {
  name: 'waf ftw',
  summary: 'run regression tests of the Core Rule Set, one JSON object a test',
  details: 'out: {"test", "pass", "why"}; totals on standard error.',
  words: { name: 'DIR…', help: 'more rules, as --rules', min: 0, max: 64 },
  options: {
    tests: {
      type: 'string',
      value: 'DIR',
      multiple: true,
      help: 'folder with test files; may stand several times',
    },
    include: { type: 'string', value: 'PATTERN', help: 'only tests whose id fits this regular expression' },
    failed: { type: 'boolean', help: 'print only tests that fail' },
    ...ruleOptions,
  },
  examples: [
    'sevenfold waf ftw --tests crs/tests/regression/tests --rules crs/rules --setup crs/crs-setup.conf.example',
  ],
  exits: { 1: 'a test fails' },
  run: async (call) => await (await import('../waf/run-ftw.ts')).runFtw(call),
}
