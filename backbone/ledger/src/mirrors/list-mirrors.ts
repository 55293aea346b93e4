import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { logFolder } from '../log/log-folder.ts'
import { listSegments, segmentBytes } from '../segments/segment-name.ts'

/** Name of the folder of copies in that of the ledger. */
export const mirrorsFolder = 'mirrors'
/** Newest checkpoint of a copy with the cosignature that was given for it, on both sides. */
export const receiptFile = 'checkpoint.receipt'
/** Public key that gives receipts: beside our log for the copies that we keep, beside a receipt for one that others keep. */
export const copyKeyFile = 'copy.vkey'

/** The copy of another ledger that is kept here. */
export interface MirrorPlace {
  /** Name of the host that sends it. */
  readonly host: string
  readonly path: string
}

/** Copies of other ledgers in the folder of a ledger, by name. */
export function listMirrors(ledger: string): readonly MirrorPlace[] {
  const folder = join(ledger, mirrorsFolder)
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => ({ host: name, path: join(folder, name) }))
      .toSorted((a, b) => (a.host < b.host ? -1 : 1))
  } catch {
    return [] // nobody sends copies here
  }
}

/** Bytes that the entries of all copies take. */
export function mirrorBytes(ledger: string): number {
  let bytes = 0
  for (const { path } of listMirrors(ledger))
    for (const segment of listSegments(logFolder(path).segments)) bytes += segmentBytes(segment)
  return bytes
}
