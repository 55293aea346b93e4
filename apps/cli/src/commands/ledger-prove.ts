import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { placeOptions } from '../place/data-folder.ts'
import { ledgerFolder } from '../place/ledger-folder.ts'
import { environmentError, usageError } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'

/** `sevenfold ledger prove`. */
export const ledgerProve: Command = {
  name: 'ledger prove',
  summary: 'write the receipt of an entry: shows to anybody that it is in the ledger',
  details:
    'The receipt is a C2SP tlog-proof with the newest checkpoint, cosigned where witnesses are configured. It verifies without this machine: sevenfold ledger receipt.',
  words: { name: 'ENTRY', help: 'number of an entry, or the id of its event', min: 1, max: 1 },
  options: {
    out: {
      type: 'string',
      value: 'NAME',
      help: 'writes NAME.tlog-proof and NAME.entry instead of standard output',
    },
    ...placeOptions,
  },
  examples: [
    'sevenfold ledger prove 4711',
    'sevenfold ledger prove 01a1ff11-146a-74aa-a7a2-03f3f3d67a03 --out evidence',
  ],
  run: async (call) => {
    const [entry = ''] = call.words
    if (entry.length < 1 || entry.length > 200) throw usageError('name one entry', 'for example 4711')
    const { LedgerError, proveEntry } = await import('@sevenfold/ledger')
    const wish = /^\d{1,15}$/.test(entry) ? { index: Number(entry) } : { holding: entry }
    const proven = await proveEntry(await ledgerFolder(call), wish).catch((error: unknown) => {
      if (!(error instanceof LedgerError)) throw error
      throw environmentError(error.message, error.hint, error)
    })
    const out = call.text('out')
    if (call.json) call.io.out(JSON.stringify(proven))
    else if (out === undefined) call.io.out(proven.proof.trimEnd())
    else {
      const name = resolve(call.io.cwd, out)
      writeFileSync(`${name}.tlog-proof`, proven.proof)
      writeFileSync(`${name}.entry`, proven.line)
      call.io.note(`entry ${proven.index}: ${out}.tlog-proof and ${out}.entry`)
    }
    return 0
  },
}
