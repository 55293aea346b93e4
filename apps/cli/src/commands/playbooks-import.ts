import type { Command } from '../program/command.ts'

/** `sevenfold playbooks import`. */
export const playbooksImport: Command = {
  name: 'playbooks import',
  summary: 'print a CACAO 2.0 playbook as one of ours; what it cannot say is refused by name',
  words: { name: 'FILE', help: 'a CACAO playbook', min: 1, max: 1 },
  examples: ['sevenfold playbooks import playbook.json'],
  run: async (call) => await (await import('../playbooks/run-convert.ts')).runImport(call),
}
