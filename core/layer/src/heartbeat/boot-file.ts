import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import { writeAtomic } from '../files/write-atomic.ts'

/** What outlives the spool's own folder: starts of this slot, and the epoch it wrote last. */
export interface BootRecord {
  readonly boot: number
  readonly epoch?: string
}

const limits = { maxTextLength: 4096, maxDepth: 2, maxNodes: 10, maxStringLength: 128 }

/** The stored record; boot 0 when there is none. */
export function readBoot(path: string): BootRecord {
  if (!existsSync(path)) return { boot: 0 }
  const parsed = parseBoundedJson(readFileSync(path, 'utf8'), limits)
  if (!parsed.ok || !isJsonObject(parsed.value)) return { boot: 0 }
  const { boot, epoch } = parsed.value
  const count = typeof boot === 'number' && Number.isSafeInteger(boot) && boot >= 0 ? boot : 0
  return typeof epoch === 'string' && epoch !== '' ? { boot: count, epoch } : { boot: count }
}

/** Stores the record. Throws what the file system throws. */
export function writeBoot(path: string, record: BootRecord): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  writeAtomic(path, `${JSON.stringify({ v: 1, ...record })}\n`)
}
