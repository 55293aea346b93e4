import { createHash } from 'node:crypto'
import { closeSync, openSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import { writeAtomic } from '@sevenfold/layer'
import { decodeFixes, encodeFixes, fixLimits } from './fix.ts'
import type { Fix } from './fix.ts'

/** Names in the edge's data folder: the command writes the first, the edge answers in the second. */
const fixName = 'exclusions.json'
const stateName = 'exclusions-in-force.json'

/** What the edge says of the last file that it read. */
export interface FixState {
  /** SHA-256 of the file, hex. */
  readonly digest: string
  /** Ids in force. */
  readonly ids: readonly string[]
  /** Why the file, or a part of it, is not in force; empty when all is well. */
  readonly problem: string
}

/** Path of the fixes in the edge's data folder. */
export function fixPath(edgeDir: string): string {
  return join(edgeDir, fixName)
}

/** Text of the file of fixes; undefined when there is none. Throws when it is too long or unreadable. */
export function readFixText(edgeDir: string): string | undefined {
  const path = fixPath(edgeDir)
  const size = statSync(path, { throwIfNoEntry: false })?.size
  if (size === undefined) return undefined
  if (size > fixLimits.bytes) throw new Error(`${path} is longer than ${fixLimits.bytes} bytes`)
  return readFileSync(path, 'utf8')
}

/** SHA-256 of a file of fixes, hex; that of nothing when there is no file. */
export function fixDigest(text: string | undefined): string {
  return createHash('sha256')
    .update(text ?? '')
    .digest('hex')
}

/** What the edge has in force; undefined before its first answer. */
export function readFixState(edgeDir: string): FixState | undefined {
  let text: string
  try {
    text = readFileSync(join(edgeDir, stateName), 'utf8')
  } catch {
    return undefined // never written, or the edge never ran
  }
  const parsed = parseBoundedJson(text, {
    maxTextLength: fixLimits.bytes,
    maxDepth: 3,
    maxNodes: fixLimits.entries * 2,
    maxStringLength: fixLimits.textLength,
  })
  if (!parsed.ok || !isJsonObject(parsed.value)) return undefined
  const { digest, ids, problem } = parsed.value
  if (typeof digest !== 'string' || !Array.isArray(ids)) return undefined
  return {
    digest,
    ids: ids.filter((id) => typeof id === 'string'),
    problem: typeof problem === 'string' ? problem : '',
  }
}

/** Writes the edge's answer. Throws what the file system throws. */
export function writeFixState(edgeDir: string, state: FixState): void {
  writeAtomic(join(edgeDir, stateName), `${JSON.stringify(state)}\n`)
}

const lockPatienceMs = 3000
const staleLockMs = 10_000

/** Two commands at once must not lose each other's fixes; a lock that its owner left behind is broken. */
async function withLock<T>(path: string, work: () => T): Promise<T> {
  const deadline = performance.now() + lockPatienceMs
  for (;;) {
    try {
      closeSync(openSync(path, 'wx', 0o600))
      break
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
      const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0)
      if (age > staleLockMs) rmSync(path, { force: true })
      else if (performance.now() > deadline)
        throw new Error(`${path} is held by another command`, { cause: error })
      await wait(20)
    }
  }
  try {
    return work()
  } finally {
    rmSync(path, { force: true })
  }
}

/**
 * Changes the fixes under a lock, and gives the digest that the edge will answer with.
 * Throws Error when the file is faulty (it is then left as it is), too full, or cannot be written.
 */
export function changeFixes(
  edgeDir: string,
  change: (fixes: readonly Fix[]) => readonly Fix[],
): Promise<string> {
  const path = fixPath(edgeDir)
  return withLock(`${path}.lock`, () => {
    const before = readFixText(edgeDir)
    const text = encodeFixes(change(before === undefined ? [] : decodeFixes(before)))
    // What is written must be readable: the edge takes a file as a whole or not at all.
    decodeFixes(text)
    if (Buffer.byteLength(text) > fixLimits.bytes)
      throw new Error(`more than ${fixLimits.bytes} bytes of fixes`)
    writeAtomic(path, text)
    return fixDigest(text)
  })
}
