import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import type { ProofDocument } from '@sevenfold/event'

/** What one proof came to. */
export interface HistoryEntry {
  readonly v: 1
  /** When, as ISO 8601 in UTC. */
  readonly at: string
  readonly seed: string
  /** Attacks that work on the bare application, by the depth of the defence. */
  readonly deep: number
  readonly single: number
  readonly open: number
  readonly benignBlocked: number
}

/** Most entries that are read; older ones are left out. */
export const maxHistory = 200

/** Most bytes of a history file. */
export const maxHistoryBytes: number = 1 << 20

/** The totals of a proof. */
export function historyEntry(document: ProofDocument, date: Date): HistoryEntry {
  const depths = document.attacks.filter(({ valid }) => valid).map(({ depth }) => depth)
  const count = (holds: (depth: number) => boolean): number => depths.filter(holds).length
  return {
    v: 1,
    at: date.toISOString(),
    seed: document.seed,
    deep: count((depth) => depth >= 2),
    single: count((depth) => depth === 1),
    open: count((depth) => depth === 0),
    benignBlocked: document.benign.blocked,
  }
}

const numbers = ['deep', 'single', 'open', 'benignBlocked'] as const

function readLine(line: string, number: number, path: string): HistoryEntry {
  const wrong = (): never => {
    throw new Error(`${path}:${number} is no entry of a history; remove the line or name another file`)
  }
  try {
    const entry = JSON.parse(line) as HistoryEntry
    const isEntry =
      entry.v === 1 &&
      Number.isFinite(Date.parse(entry.at)) &&
      typeof entry.seed === 'string' &&
      numbers.every((name) => Number.isSafeInteger(entry[name]) && entry[name] >= 0)
    return isEntry ? entry : wrong()
  } catch {
    return wrong()
  }
}

/** Reads a history, oldest first; empty when there is none yet. Throws for anything else than a history. */
export function readHistory(path: string): readonly HistoryEntry[] {
  if (!existsSync(path)) return []
  const text = readFileSync(path, 'utf8')
  if (text.length > maxHistoryBytes)
    throw new Error(`${path} is larger than a history may be; begin a new one`)
  const lines = text.split('\n').map((line, index) => [line, index + 1] as const)
  return lines
    .filter(([line]) => line !== '')
    .map(([line, number]) => readLine(line, number, path))
    .slice(-maxHistory)
}

/** Adds a proof to a history; gives all of it. */
export function addToHistory(path: string, entry: HistoryEntry): readonly HistoryEntry[] {
  const before = readHistory(path)
  appendFileSync(path, `${JSON.stringify(entry)}\n`)
  return [...before, entry].slice(-maxHistory)
}
