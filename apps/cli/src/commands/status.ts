import { placeOptions } from '../place/data-folder.ts'
import type { Command } from '../program/command.ts'

/** `sevenfold status`. */
export const status: Command = {
  name: 'status',
  summary: 'show every part: state, mode, canary, memory, addresses',
  options: placeOptions,
  examples: ['sevenfold status', 'sevenfold status --json'],
  exits: { 1: 'a part does not run or does not answer' },
  run: async (call) => await (await import('../up/show-status.ts')).showStatus(call),
}
