import type { Command } from '../program/command.ts'

/** `sevenfold playbooks export`. */
export const playbooksExport: Command = {
  name: 'playbooks export',
  summary: 'print a playbook as CACAO 2.0, for other tools',
  words: { name: 'FILE', help: 'a playbook of ours', min: 1, max: 1 },
  examples: ['sevenfold playbooks export contain-source.yml'],
  run: async (call) => await (await import('../playbooks/run-convert.ts')).runExport(call),
}
