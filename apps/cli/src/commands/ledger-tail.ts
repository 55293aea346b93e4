import { escapeText } from '@sevenfold/event'
import { placeOptions } from '../place/data-folder.ts'
import { ledgerFolder } from '../place/ledger-folder.ts'
import { usageError } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'

/** `sevenfold ledger tail`. */
export const ledgerTail: Command = {
  name: 'ledger tail',
  summary: 'print the newest entries of the ledger with their numbers',
  options: {
    last: { type: 'string', value: 'N', help: 'how many', default: '10' },
    follow: { type: 'boolean', short: 'f', help: 'go on with new ones until Ctrl-C' },
    ...placeOptions,
  },
  examples: ['sevenfold ledger tail --last 3', 'sevenfold ledger tail --follow --json'],
  run: async (call) => {
    const text = call.text('last') ?? '10'
    if (!/^\d{1,6}$/.test(text))
      throw usageError('--last must be a number up to 999999', 'for example --last 3')
    const { tailLedger } = await import('@sevenfold/ledger')
    const follow = call.flag('follow')
    const options = { last: Number(text), follow, ...(follow ? { signal: call.io.signal } : {}) }
    for await (const { index, line } of tailLedger(await ledgerFolder(call), options)) {
      // As JSON the line is exactly what was signed; for a terminal it is made harmless and whole.
      call.io.out(call.json ? JSON.stringify({ index, line }) : `${index} ${escapeText(line, 60_000)}`)
    }
    return 0
  },
}
