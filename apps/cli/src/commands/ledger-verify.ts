import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { escapeText } from '@sevenfold/event'
import { placeOptions } from '../place/data-folder.ts'
import { ledgerFolder } from '../place/ledger-folder.ts'
import { environmentError, exitCodes } from '../program/cli-error.ts'
import type { Call, Command } from '../program/command.ts'

function readNamed(call: Call, path: string): string {
  try {
    return readFileSync(resolve(call.io.cwd, path), 'utf8')
  } catch (error) {
    throw environmentError(`${path} cannot be read`, 'name a file that you may read', error)
  }
}

/** `sevenfold ledger verify`. */
export const ledgerVerify: Command = {
  name: 'ledger verify',
  summary: 'check the whole ledger: nothing edited, dropped, reordered, cut off or rolled back',
  details:
    'Reads only, also while the ledger runs. A key and checkpoints kept elsewhere find what a thief of the log key hides.',
  options: {
    key: { type: 'string', value: 'FILE', help: 'verifier key of the log, kept elsewhere' },
    seen: {
      type: 'string',
      value: 'FILE',
      multiple: true,
      help: 'checkpoint seen earlier; may stand several times',
    },
    ...placeOptions,
  },
  examples: ['sevenfold ledger verify', 'sevenfold ledger verify --seen yesterday.note --key ledger.vkey'],
  exits: { 1: 'the ledger is not as it was signed' },
  run: async (call) => {
    const { verifyLedger } = await import('@sevenfold/ledger')
    const folder = await ledgerFolder(call)
    const key = call.text('key')
    const report = await verifyLedger(folder, {
      ...(key === undefined ? {} : { verifierKey: readNamed(call, key).trim() }),
      seen: call.texts('seen').map((path) => readNamed(call, path)),
      signal: call.io.signal,
      onProgress: (entries) => {
        if (entries % 100_000 === 0) call.io.note(`checked ${entries} entries`)
      },
    })
    if (call.json) call.io.out(JSON.stringify(report))
    else {
      for (const { code, message } of report.problems) call.io.out(`${code}: ${escapeText(message)}`)
      const { entries, signedSize, origin } = report
      call.io.out(
        `${report.ok ? 'fine' : `${report.problems.length} problems`}: ${entries} entries, ${signedSize} of them signed, log ${origin === '' ? 'without a checkpoint' : origin}`,
      )
    }
    return report.ok ? exitCodes.ok : exitCodes.findings
  },
}
