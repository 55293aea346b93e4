import { placeOptions } from '../place/data-folder.ts'
import type { Command } from '../program/command.ts'

/** `sevenfold rules install`. */
export const rulesInstall: Command = {
  name: 'rules install',
  summary: 'copy a Core Rule Set into the data folder, checked against a pinned digest',
  details:
    'Nothing is installed when the digest is another one or the rules do not compile. The set before is kept for sevenfold rules rollback.',
  words: { name: 'crs', help: 'what to install', min: 1, max: 1 },
  options: {
    from: { type: 'string', value: 'SOURCE', help: 'a folder, a .tar.gz, an https address, or debian' },
    sha256: { type: 'string', value: 'HEX', help: 'digest that it must have; needed for an address' },
    ...placeOptions,
  },
  examples: [
    'sevenfold rules install crs --from ./coreruleset-4.28.0.tar.gz',
    'sevenfold rules install crs --from debian',
  ],
  exits: { 1: 'the digest is another one' },
  run: async (call) => await (await import('../waf/run-rules-install.ts')).runRulesInstall(call),
}
