import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensurePrivateFolder, writeAtomic } from '@sevenfold/layer'
import type { Witnessed } from '@sevenfold/merkle'
import { LedgerError } from '../ledger-error.ts'

/** What a witness cosigned last of each log, on disk before anybody is told. */
export interface WitnessStore {
  last(origin: string): Witnessed | undefined
  /** Durable when it returns. Throws what the file system throws. */
  record(origin: string, seen: Witnessed): void
}

interface RecordFile {
  readonly v: 1
  readonly origin: string
  readonly size: number
  /** Base64. */
  readonly root: string
}

function readRecord(path: string, origin: string): Witnessed {
  try {
    const { v, origin: named, size, root } = JSON.parse(readFileSync(path, 'utf8')) as RecordFile
    const hash = Buffer.from(root, 'base64')
    if (v === 1 && named === origin && Number.isSafeInteger(size) && size >= 0 && hash.length === 32)
      return { size, root: hash }
  } catch (error) {
    throw unreadable(path, error)
  }
  throw unreadable(path)
}

/** A witness that forgot would sign a fork: it stops instead. */
function unreadable(path: string, cause?: unknown): LedgerError {
  return new LedgerError('LEDGER_CORRUPT', `the witness record ${path} is damaged`, {
    hint: 'restore it from a copy; without it this log can get no cosignature from here',
    ...(cause === undefined ? {} : { cause }),
  })
}

/** Opens the records in a folder; each log has a file of its own. */
export function openWitnessStore(folder: string): WitnessStore {
  ensurePrivateFolder(folder)
  const known = new Map<string, Witnessed | undefined>()
  const pathOf = (origin: string): string =>
    join(folder, `${createHash('sha256').update(origin).digest('hex').slice(0, 32)}.json`)
  return {
    last: (origin) => {
      if (!known.has(origin)) {
        const path = pathOf(origin)
        known.set(origin, existsSync(path) ? readRecord(path, origin) : undefined)
      }
      return known.get(origin)
    },
    record: (origin, seen) => {
      const file: RecordFile = {
        v: 1,
        origin,
        size: seen.size,
        root: Buffer.from(seen.root).toString('base64'),
      }
      writeAtomic(pathOf(origin), `${JSON.stringify(file)}\n`)
      known.set(origin, { size: seen.size, root: seen.root })
    },
  }
}
