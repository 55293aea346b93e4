import { dataFolder, placeOptions } from '../place/data-folder.ts'
import type { Command } from '../program/command.ts'
import { consoleLink as askLink, keepLink } from '../up/console-link.ts'

/** `sevenfold console link`. */
export const consoleLink: Command = {
  name: 'console link',
  summary: 'make a link that logs into the console once, within ten minutes',
  options: placeOptions,
  examples: ['sevenfold console link'],
  run: async (call) => {
    const dataDir = await dataFolder(call)
    const link = await askLink(dataDir)
    // What is not shown on a terminal may end up in a log, so it goes into a file of the owner instead.
    if (call.io.isTerminal) call.io.out(call.json ? JSON.stringify({ url: link }) : link)
    else {
      const path = keepLink(dataDir, link)
      call.io.out(call.json ? JSON.stringify({ file: path }) : `the link is in ${path}`)
    }
    return 0
  },
}
