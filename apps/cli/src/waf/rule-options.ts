import type { OptionSpec } from '../program/command.ts'

/** Options of every tool that runs rules. */
export const ruleOptions: Readonly<Record<'rules' | 'setup' | 'paranoia', OptionSpec>> = {
  rules: {
    type: 'string',
    value: 'DIR',
    multiple: true,
    help: 'builtin, a folder or a file; may stand several times',
    default: 'builtin',
  },
  setup: { type: 'string', value: 'FILE', help: 'set-up file, read before the rules' },
  paranoia: { type: 'string', value: 'N', help: 'paranoia level from 1 to 4', default: 'that of the rules' },
}
