import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { openSourceFolder, outOption, writeMigration } from '../detect/write-migration.ts'
import { environmentError } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'

/** `sevenfold detect import-crowdsec`. */
export const detectImportCrowdsec: Command = {
  name: 'detect import-crowdsec',
  summary: 'carry rules, profiles, whitelists and decisions of CrowdSec over, and say what could not be',
  details: `Rules of your own and acquisition files are the same here and are copied; items of the hub are named. Profiles are
copied when every expression compiles. Whitelisted addresses go to an allow-list as well. Decisions by hand come from the
file that --decisions names: cscli decisions list -o json > FILE.`,
  words: { name: 'DIR', help: 'folder of CrowdSec, such as /etc/crowdsec', min: 1, max: 1 },
  options: {
    decisions: { type: 'string', value: 'FILE', help: 'answer of cscli decisions list -o json' },
    ...outOption,
  },
  examples: ['sevenfold detect import-crowdsec /etc/crowdsec --out ./from-crowdsec'],
  exits: { 1: 'something could not be carried' },
  run: async (call) => {
    const [{ importCrowdsec, readProfiles }, { GoTime }] = await Promise.all([
      import('@sevenfold/detection'),
      import('@sevenfold/behaviour'),
    ])
    const file = call.text('decisions')
    let decisions: string | undefined
    try {
      decisions = file === undefined ? undefined : readFileSync(resolve(call.io.cwd, file), 'utf8')
    } catch (error) {
      throw environmentError(
        `${file ?? ''} cannot be read`,
        'write it with: cscli decisions list -o json',
        error,
      )
    }
    const folder = openSourceFolder(call, 'config.yaml')
    const migration = importCrowdsec({
      ...folder,
      checkProfiles: (text) => readProfiles(text, 'profiles.yaml', { now: () => new GoTime(Date.now()) }),
      ...(decisions === undefined ? {} : { decisions }),
    })
    return writeMigration(call, migration, [
      'next: name DIR/profiles.yaml in detection.profiles; sevenfold decisions import DIR/decisions.json',
      'and: sevenfold allowlists create crowdsec; sevenfold allowlists add crowdsec - < DIR/allowlist.txt',
    ])
  },
}
