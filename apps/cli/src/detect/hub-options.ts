import type { OptionSpec } from '../program/command.ts'

/** Options of the commands that load rules of the hub. */
export const hubOptions: Readonly<Record<string, OptionSpec>> = {
  hub: { type: 'string', value: 'DIR', help: 'folder with parsers, scenarios, postoverflows, patterns' },
  data: { type: 'string', value: 'DIR', help: 'folder with data files', default: 'data in the hub folder' },
  collection: {
    type: 'string',
    value: 'NAME',
    multiple: true,
    help: 'only the rules of a collection; may stand several times',
  },
  type: { type: 'string', value: 'TYPE', help: 'type of the log, such as nginx or syslog' },
  label: { type: 'string', value: 'KEY:VALUE', multiple: true, help: 'another label of the source' },
  closures: { type: 'boolean', help: 'run expressions without generated code' },
}
