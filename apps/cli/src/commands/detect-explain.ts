import { hubOptions } from '../detect/hub-options.ts'
import type { Command } from '../program/command.ts'

/** `sevenfold detect explain`. */
export const detectExplain: Command = {
  name: 'detect explain',
  summary: 'show what each hub rule makes of a log line',
  details: `For each line: each node that was tried (+ success, - failure), its filter with its value, the fields its grok
found, what it assigned; then the scenarios whose filter holds. Lines come from the words, or from standard input.`,
  words: { name: 'LINE', help: 'the line; without it, lines from standard input', min: 0, max: 1000 },
  options: {
    ...hubOptions,
    all: { type: 'boolean', help: 'scenarios whose filter does not hold as well' },
  },
  examples: [
    "sevenfold detect explain --hub /etc/crowdsec --type syslog 'Feb 10 10:00:00 web sshd[7]: Invalid user a from 192.0.2.7 port 4'",
    'sevenfold detect explain --hub /etc/crowdsec --type nginx --json < access.log',
  ],
  exits: { 1: 'no parser knows a line' },
  run: async (call) => await (await import('../detect/run-explain.ts')).runExplain(call),
}
