import { placeOptions } from '../place/data-folder.ts'
import { ledgerFolder } from '../place/ledger-folder.ts'
import type { Command } from '../program/command.ts'

/** `sevenfold ledger export`. */
export const ledgerExport: Command = {
  name: 'ledger export',
  summary: 'write every entry to standard output, one a line, byte for byte as it was signed',
  options: placeOptions,
  examples: ['sevenfold ledger export > ledger.ndjson'],
  run: async (call) => {
    const { tailLedger } = await import('@sevenfold/ledger')
    let entries = 0
    for await (const { line } of tailLedger(await ledgerFolder(call))) {
      call.io.out(line)
      entries += 1
    }
    call.io.note(`${entries} entries`)
    return 0
  },
}
