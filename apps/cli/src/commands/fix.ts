import { placeOptions } from '../place/data-folder.ts'
import type { Command } from '../program/command.ts'

/** `sevenfold fix`. */
export const fix: Command = {
  name: 'fix',
  summary: 'let a request pass that was blocked by mistake, for a time, as narrowly as can be',
  details:
    'Leaves one rule out for one parameter of one path of one site, or lifts the ban of the address. Works on the host of the edge with everything else down, acts within 2 seconds, ends by itself, and is recorded.',
  words: { name: 'REQUEST_ID', help: 'id from the block page or X-Request-Id', min: 0, max: 1 },
  options: {
    for: { type: 'string', value: 'TIME', help: 'how long, from 1s to 90d', default: '24h' },
    reason: { type: 'string', value: 'TEXT', help: 'why; it is recorded' },
    list: { type: 'boolean', help: 'show all fixes, also those that ended' },
    remove: { type: 'string', value: 'ID', help: 'take back a fix, or all fixes of a request' },
    ...placeOptions,
  },
  examples: [
    'sevenfold fix 0197a2b4-1c2d-7e3f-8a9b-0c1d2e3f4a5b --for 24h --reason "search for SQL books"',
    'sevenfold fix --list',
    'sevenfold fix --remove fix-1a2b3c4d',
  ],
  exits: {
    1: 'no block of that request is known, nothing narrow can be written, or the edge did not confirm',
  },
  run: async (call) => await (await import('../waf/run-fix.ts')).runFix(call),
}
