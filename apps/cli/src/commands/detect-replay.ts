import { hubOptions } from '../detect/hub-options.ts'
import type { Command } from '../program/command.ts'

/** `sevenfold detect replay`. */
export const detectReplay: Command = {
  name: 'detect replay',
  summary: 'run a log file through hub rules on the time of its lines',
  details: `out: one alert a line: {"scenario", "scope", "value", "events", "remediation", "whitelisted", "startAt", "stopAt",
"message", "context"}. The same file gives the same alerts whenever it runs. Totals on standard error.`,
  words: { name: 'FILE…', help: 'log files, in the order of their lines', min: 1, max: 1000 },
  options: hubOptions,
  examples: [
    'sevenfold detect replay --hub /etc/crowdsec --data /var/lib/crowdsec/data --type nginx /var/log/nginx/access.log',
  ],
  run: async (call) => await (await import('../detect/run-replay.ts')).runReplay(call),
}
