import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { Lane } from '@sevenfold/event'
import { writeAtomic } from '../files/write-atomic.ts'

/** What each receiver has acknowledged. A stale file only makes a receiver see duplicates, which it knows. */
export interface Positions {
  /** Last acknowledged sequence; 0 for none. */
  get(receiver: string, epoch: string, lane: Lane): number
  set(place: { receiver: string; epoch: string; lane: Lane }, sequence: number): void
  /** Lowest over all receivers; Infinity without receivers. */
  lowest(epoch: string, lane: Lane): number
  /** Highest over all receivers; 0 without. */
  highest(epoch: string, lane: Lane): number
  forget(epoch: string): void
  /** Writes what changed since the last save. Throws what the file system throws. */
  save(): void
}

type Table = Map<string, Map<string, number>>

const limits = { maxTextLength: 4_194_304, maxDepth: 4, maxNodes: 100_000, maxStringLength: 256 }

function load(path: string, receivers: readonly string[]): Table {
  const table: Table = new Map(receivers.map((name) => [name, new Map<string, number>()]))
  if (!existsSync(path)) return table
  const parsed = parseBoundedJson(readFileSync(path, 'utf8'), limits)
  const stored = parsed.ok && isJsonObject(parsed.value) ? parsed.value['receivers'] : undefined
  if (!isJsonObject(stored)) return table
  for (const [name, own] of table) {
    const entries = stored[name]
    if (!isJsonObject(entries)) continue
    for (const [place, sequence] of Object.entries(entries))
      if (typeof sequence === 'number' && Number.isSafeInteger(sequence) && sequence >= 0)
        own.set(place, sequence)
  }
  return table
}

/** Positions stored in `<folder>/positions.json`. Receivers that are no longer named are forgotten. */
export function openPositions(folder: string, receivers: readonly string[]): Positions {
  const path = join(folder, 'positions.json')
  const table = load(path, receivers)
  let dirty = false
  const all = (epoch: string, lane: Lane): number[] =>
    [...table.values()].map((own) => own.get(`${epoch} ${lane}`) ?? 0)
  return {
    get: (receiver, epoch, lane) => table.get(receiver)?.get(`${epoch} ${lane}`) ?? 0,
    set: ({ receiver, epoch, lane }, sequence) => {
      table.get(receiver)?.set(`${epoch} ${lane}`, sequence)
      dirty = true
    },
    lowest: (epoch, lane) => Math.min(...all(epoch, lane)),
    highest: (epoch, lane) => Math.max(0, ...all(epoch, lane)),
    forget: (epoch) => {
      for (const own of table.values()) for (const lane of ['high', 'low']) own.delete(`${epoch} ${lane}`)
      dirty = true
    },
    save: () => {
      if (!dirty) return
      const receivers = Object.fromEntries([...table].map(([name, own]) => [name, Object.fromEntries(own)]))
      writeAtomic(path, `${JSON.stringify({ v: 1, receivers })}\n`)
      dirty = false
    },
  }
}
