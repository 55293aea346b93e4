import { openSourceFolder, outOption, writeMigration } from '../detect/write-migration.ts'
import type { Command } from '../program/command.ts'

/** `sevenfold detect import-fail2ban`. */
export const detectImportFail2ban: Command = {
  name: 'detect import-fail2ban',
  summary: 'carry jails, filters and ignored addresses of fail2ban over, and say what could not be',
  details: `Each enabled jail becomes a scenario, its filter a parser, its ban time a profile, its log paths sources, and its
ignoreip an allow-list. Patterns that need look-around or back-references are left out and named, never made wider.`,
  words: { name: 'DIR', help: 'folder of fail2ban, such as /etc/fail2ban', min: 1, max: 1 },
  options: { all: { type: 'boolean', help: 'also jails that are not enabled' }, ...outOption },
  examples: ['sevenfold detect import-fail2ban /etc/fail2ban --out ./from-fail2ban'],
  exits: { 1: 'something could not be carried' },
  run: async (call) => {
    const { importFail2ban } = await import('@sevenfold/detection')
    const { read, listed } = openSourceFolder(call, 'jail.conf')
    const migration = importFail2ban({ read, listed, all: call.flag('all') })
    return writeMigration(call, migration, [
      'next: try it on a log with sevenfold detect replay --hub DIR, then name DIR/profiles.yaml in detection.profiles',
      'and: sevenfold allowlists create fail2ban; sevenfold allowlists add fail2ban - < DIR/allowlist.txt',
    ])
  },
}
