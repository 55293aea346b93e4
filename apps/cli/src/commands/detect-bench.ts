import { hubOptions } from '../detect/hub-options.ts'
import type { Command } from '../program/command.ts'

/** `sevenfold detect bench`. */
export const detectBench: Command = {
  name: 'detect bench',
  summary: 'measure how fast hub rules are on a log file, and what each scenario costs',
  details: `CPU time of this process, not wall time; rates with and without the first 20,000 lines, in which code is still being
compiled. With --scenarios the filters of one event in 256 are timed one by one, which takes time itself.`,
  words: { name: 'FILE…', help: 'log files', min: 1, max: 1000 },
  options: { ...hubOptions, scenarios: { type: 'boolean', help: 'CPU time of the costliest scenarios' } },
  examples: ['sevenfold detect bench --hub /etc/crowdsec --type nginx --scenarios /var/log/nginx/access.log'],
  run: async (call) => await (await import('../detect/run-bench.ts')).runBench(call),
}
