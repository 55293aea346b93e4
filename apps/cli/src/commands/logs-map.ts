import { foreignModules } from '@sevenfold/event'
import { usageError } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'

/** `sevenfold logs map`. */
export const logsMap: Command = {
  name: 'logs map',
  summary: 'show what lines of another program become',
  details: `in:  lines of a log, from a file or standard input
out: one ECS event a line, as collector.sources would bring it into the ledger; for a line that is not of the form
     {"line": number, "error": why}`,
  words: { name: 'FILE', help: 'a log file; standard input without it', min: 0, max: 1 },
  options: {
    format: { type: 'string', value: 'FORMAT', help: `one of ${foreignModules.join(', ')}` },
  },
  examples: ['sevenfold logs map --format suricata eve.json'],
  exits: { 1: 'a line could not be read' },
  run: async (call) => {
    const format = call.text('format')
    if (format === undefined) throw usageError('--format is missing', `one of ${foreignModules.join(', ')}`)
    const { nearest } = await import('@sevenfold/config')
    if (!foreignModules.some((known) => known === format))
      throw usageError(
        `there is no format ${format}`,
        `did you mean ${nearest(format, foreignModules) ?? foreignModules.join(', ')}`,
      )
    return await (await import('../logs/run-map.ts')).runMap(call, format)
  },
}
