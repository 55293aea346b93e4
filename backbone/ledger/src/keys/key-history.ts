import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensurePrivateFolder, writeAtomic } from '@sevenfold/layer'
import { encodeVerifierKey } from '@sevenfold/merkle'
import type { NoteKey } from '@sevenfold/merkle'
import { readKeyChange } from './key-change.ts'
import type { KeyChange } from './key-change.ts'

/** Most changes that are read. */
export const maxKeyChanges = 1_000

const folderOf = (ledger: string): string => join(ledger, 'key-history')
const sameKey = (a: NoteKey, b: NoteKey): boolean => encodeVerifierKey(a) === encodeVerifierKey(b)

/**
 * Changes of the log's key, oldest first. Throws an Error for one that cannot be read, that does not follow on the one before, or over
 * `maxKeyChanges`.
 */
export function readKeyHistory(ledger: string): readonly KeyChange[] {
  const changes = keyNotes(ledger).map(readKeyChange)
  for (const [at, change] of changes.entries()) {
    const before = changes[at - 1]
    if (before === undefined) continue
    if (!sameKey(before.to, change.from) || change.size < before.size)
      throw new Error(`key change ${at + 1} does not follow on the one before`)
  }
  return changes
}

/** The signed notes of these changes. Throws an Error over `maxKeyChanges`. */
export function keyNotes(ledger: string): readonly string[] {
  const folder = folderOf(ledger)
  if (!existsSync(folder)) return []
  const names = readdirSync(folder)
    .filter((name) => /^\d{6}\.note$/u.test(name))
    .toSorted()
  if (names.length > maxKeyChanges) throw new Error(`over ${maxKeyChanges} key changes`)
  return names.map((name) => readFileSync(join(folder, name), 'utf8'))
}

/** Adds a change that was signed. */
export function writeKeyChange(ledger: string, note: string): void {
  const folder = folderOf(ledger)
  ensurePrivateFolder(folder)
  const number = readKeyHistory(ledger).length + 1
  writeAtomic(join(folder, `${String(number).padStart(6, '0')}.note`), note)
}

/** Which key may sign what: keys that were followed by another one sign no tree larger than at the change. */
export interface KeyChain {
  /** The newest key. */
  readonly key: NoteKey
  /** Largest tree that a key may have signed; undefined for a key that is not of this chain. */
  mostEntries(key: NoteKey): number | undefined
  /** Every key, the newest first. */
  readonly keys: readonly NoteKey[]
}

/**
 * Follows the history from a key that somebody trusts. Undefined when it is no key of the log; the first revocation on the way, whose key
 * must not lead to its successor by itself, is given as `revoked`.
 */
export function followKeys(
  trusted: NoteKey,
  history: readonly KeyChange[],
): { readonly chain: KeyChain; readonly revoked: KeyChange | undefined } | undefined {
  const last = history.at(-1)
  const first = history.findIndex(({ from }) => sameKey(from, trusted))
  if (first < 0 && last !== undefined && !sameKey(last.to, trusted)) return undefined
  const ahead = first < 0 ? [] : history.slice(first)
  const chain: KeyChain = {
    key: ahead.at(-1)?.to ?? trusted,
    keys: [...history.map(({ from }) => from), last?.to ?? trusted].toReversed(),
    mostEntries: (key) => {
      const change = history.find(({ from }) => sameKey(from, key))
      if (change !== undefined) return change.size
      return sameKey(key, last?.to ?? trusted) ? Number.MAX_SAFE_INTEGER : undefined
    },
  }
  return { chain, revoked: ahead.find(({ kind }) => kind === 'revoke') }
}

/** The first key that a log ever had stands for the log, also after its key was changed; empty for a log without a key. */
export function logIdentity(ledger: string): string {
  const [first] = readKeyHistory(ledger)
  if (first !== undefined) return encodeVerifierKey(first.from)
  const path = join(ledger, 'log.vkey')
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : ''
}
