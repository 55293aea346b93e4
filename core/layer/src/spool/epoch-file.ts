import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { Epoch } from '@sevenfold/event'
import { writeAtomic } from '../files/write-atomic.ts'

/** One epoch that still has something on disk. */
export interface EpochEntry extends Epoch {
  readonly id: string
}

const limits = { maxTextLength: 1_048_576, maxDepth: 4, maxNodes: 10_000, maxStringLength: 128 }
const idPattern = /^[0-9a-zA-Z-]{1,128}$/

function readEntry(value: unknown): EpochEntry[] {
  if (!isJsonObject(value)) return []
  const { id, previous, reason } = value
  // The id becomes a folder name: nothing but its own alphabet may pass.
  if (typeof id !== 'string' || !idPattern.test(id)) return []
  return [
    {
      id,
      reason: reason === 'tail-lost' ? 'tail-lost' : 'created',
      ...(typeof previous === 'string' ? { previous } : {}),
    },
  ]
}

/** Epochs of a spool, oldest first. A missing or damaged file has none: the spool then starts a new one. */
export function readEpochs(folder: string): EpochEntry[] {
  const path = join(folder, 'spool.json')
  if (!existsSync(path)) return []
  const parsed = parseBoundedJson(readFileSync(path, 'utf8'), limits)
  if (!parsed.ok || !isJsonObject(parsed.value) || !Array.isArray(parsed.value['epochs'])) return []
  return parsed.value['epochs'].flatMap(readEntry)
}

/** Stores the list. Throws what the file system throws. */
export function writeEpochs(folder: string, epochs: readonly EpochEntry[]): void {
  const entries = epochs.map(({ id, previous, reason }) => ({ id, previous, reason }))
  writeAtomic(join(folder, 'spool.json'), `${JSON.stringify({ v: 1, epochs: entries })}\n`)
}
