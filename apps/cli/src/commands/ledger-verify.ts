import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { escapeText } from '@sevenfold/event'
import type { LedgerReport, MirrorPlace, MirrorReport, VerifyOptions } from '@sevenfold/ledger'
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

function print(call: Call, what: string, { ok, problems, entries, signedSize, origin }: LedgerReport): void {
  for (const { code, message } of problems) call.io.out(`${what}${code}: ${escapeText(message)}`)
  const verdict = ok ? 'fine' : `${problems.length} problems`
  const log = origin === '' ? 'without a checkpoint' : escapeText(origin)
  call.io.out(`${what}${verdict}: ${entries} entries, ${signedSize} of them signed, log ${log}`)
}

function printCopy(call: Call, report: MirrorReport): void {
  const { host, receivedMs } = report
  print(call, `copy of ${escapeText(host)}: `, report)
  if (receivedMs === undefined) return
  const seconds = Math.max(0, Math.round((Date.now() - receivedMs) / 1000))
  call.io.out(`copy of ${escapeText(host)}: its newest checkpoint came ${seconds} s ago`)
}

/** The copy that was asked for, or all of them. */
function wantedCopies(all: readonly MirrorPlace[], name: string | undefined): readonly MirrorPlace[] {
  if (name === undefined) return all
  const found = all.filter(({ host }) => host === name)
  if (found.length > 0) return found
  throw environmentError(`no copy of ${name} is kept here`, 'sevenfold enrol list names the hosts')
}

/** `sevenfold ledger verify`. */
export const ledgerVerify: Command = {
  name: 'ledger verify',
  summary: 'check the whole ledger: nothing edited, dropped, reordered, cut off or rolled back',
  details:
    'Reads only, also while the ledger runs. A key and checkpoints kept elsewhere find what a thief of the log key hides. Copies of other ledgers that are kept here are checked too.',
  options: {
    key: { type: 'string', value: 'FILE', help: 'verifier key of the log, kept elsewhere' },
    seen: {
      type: 'string',
      value: 'FILE',
      multiple: true,
      help: 'checkpoint seen earlier; may stand several times',
    },
    copy: {
      type: 'string',
      value: 'HOST',
      help: 'only the copy of the ledger on this host; --key and --seen are then of that ledger',
    },
    ...placeOptions,
  },
  examples: [
    'sevenfold ledger verify',
    'sevenfold ledger verify --seen yesterday.note --key ledger.vkey',
    'sevenfold ledger verify --copy site-a',
  ],
  exits: { 1: 'the ledger, or a copy, is not as it was signed' },
  run: async (call) => {
    const { listMirrors, verifyMirror, verifyWithReceipts } = await import('@sevenfold/ledger')
    const folder = await ledgerFolder(call)
    const key = call.text('key')
    const options: VerifyOptions = {
      ...(key === undefined ? {} : { verifierKey: readNamed(call, key).trim() }),
      seen: call.texts('seen').map((path) => readNamed(call, path)),
      signal: call.io.signal,
      onProgress: (entries) => {
        if (entries % 100_000 === 0) call.io.note(`checked ${entries} entries`)
      },
    }
    const only = call.text('copy')
    const places = wantedCopies(listMirrors(folder), only)
    const report = only === undefined ? await verifyWithReceipts(folder, options) : undefined
    const copies: MirrorReport[] = []
    for (const { host } of places)
      copies.push(await verifyMirror(folder, host, only === undefined ? { signal: call.io.signal } : options))
    if (call.json) call.io.out(JSON.stringify(copies.length === 0 ? report : { ...report, copies }))
    else {
      if (report !== undefined) print(call, '', report)
      for (const copy of copies) printCopy(call, copy)
    }
    return report?.ok !== false && copies.every(({ ok }) => ok) ? exitCodes.ok : exitCodes.findings
  },
}
