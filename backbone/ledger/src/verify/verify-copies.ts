import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { cosignedAt, decodeCosignerKey, parseNote } from '@sevenfold/merkle'
import { copyKeyFile, mirrorsFolder, receiptFile } from '../mirrors/list-mirrors.ts'
import type { LedgerProblem } from './ledger-problem.ts'
import { verifyLedger } from './verify-ledger.ts'
import type { LedgerReport, VerifyOptions } from './verify-ledger.ts'

/** What `verifyMirror` found. */
export interface MirrorReport extends LedgerReport {
  /** Name of the host that sends the copy. */
  readonly host: string
  /** When the newest checkpoint came, ms since 1970; undefined when there is no receipt for it. */
  readonly receivedMs?: number
}

interface Receipt {
  /** The note with its cosignature. */
  readonly note: string
  /** ms since 1970; undefined when the cosignature is not that of the key. */
  readonly givenMs: number | undefined
}

function readIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

function readReceipt(folder: string, keyFile: string): Receipt | undefined {
  const [note, key] = [readIfThere(join(folder, receiptFile)), readIfThere(keyFile)]
  if (note === undefined) return undefined
  try {
    const seconds = cosignedAt(parseNote(note), decodeCosignerKey((key ?? '').trim()))
    return { note, givenMs: seconds === undefined ? undefined : seconds * 1000 }
  } catch {
    return { note, givenMs: undefined }
  }
}

function receiptProblem(what: string): LedgerProblem {
  return {
    code: 'receipt-invalid',
    message: `the receipt ${what} is not signed by the key that gives receipts`,
  }
}

function withProblems(report: LedgerReport, problems: readonly LedgerProblem[]): LedgerReport {
  if (problems.length === 0) return report
  return { ...report, ok: false, problems: [...report.problems, ...problems] }
}

/**
 * Checks the copy of another ledger that is kept in `ledger` (`data/ledger`) as `verifyLedger` does, and that it still holds what the newest
 * receipt, which was given for it, says. Asks nobody: checkpoints of the other side can be brought as `seen`.
 */
export async function verifyMirror(
  ledger: string,
  host: string,
  options: VerifyOptions = {},
): Promise<MirrorReport> {
  const folder = join(ledger, mirrorsFolder, host)
  const receipt = readReceipt(folder, join(ledger, copyKeyFile))
  const seen = [...(options.seen ?? []), ...(receipt === undefined ? [] : [receipt.note])]
  const report = await verifyLedger(folder, { ...options, seen })
  const isForged = receipt !== undefined && receipt.givenMs === undefined
  return {
    ...withProblems(report, isForged ? [receiptProblem(`for the copy of ${host}`)] : []),
    host,
    ...(receipt?.givenMs === undefined ? {} : { receivedMs: receipt.givenMs }),
  }
}

/** Checks a log as `verifyLedger` does, and against the receipts of the ledgers that keep a copy of it. */
export async function verifyWithReceipts(ledger: string, options: VerifyOptions = {}): Promise<LedgerReport> {
  const folder = join(ledger, 'copies', 'ledgers')
  const names = existsSync(folder) ? readdirSync(folder).toSorted() : []
  const problems: LedgerProblem[] = []
  const seen = [...(options.seen ?? [])]
  for (const name of names) {
    const receipt = readReceipt(join(folder, name), join(folder, name, copyKeyFile))
    if (receipt === undefined) continue
    if (receipt.givenMs === undefined) problems.push(receiptProblem(`of ${name}`))
    else seen.push(receipt.note)
  }
  return withProblems(await verifyLedger(ledger, { ...options, seen }), problems)
}
