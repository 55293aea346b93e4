import type { Command } from '../program/command.ts'
import { ruleOptions } from '../waf/rule-options.ts'

/** `sevenfold waf bench`. */
export const wafBench: Command = {
  name: 'waf bench',
  summary: 'measure how many requests the rules judge in a second of CPU time on this machine',
  details:
    'Takes requests in the form of waf eval, or a seeded corpus of its own. Compares with nothing: npm run bench:waf compares with libmodsecurity.',
  words: { name: 'FILE', help: 'requests, one JSON object a line', min: 0, max: 1 },
  options: {
    seconds: { type: 'string', value: 'N', help: 'CPU time to spend', default: '5' },
    seed: { type: 'string', value: 'N', help: 'another corpus', default: '1' },
    ...ruleOptions,
  },
  examples: ['sevenfold waf bench', 'sevenfold waf bench requests.ndjson --rules crs --seconds 20'],
  run: async (call) => await (await import('../waf/run-bench.ts')).runBench(call),
}
