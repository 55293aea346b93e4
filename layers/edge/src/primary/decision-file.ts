import { existsSync, readFileSync, statSync } from 'node:fs'
import { decodeDecisionDelta } from '@sevenfold/event'
import type { Decision } from '@sevenfold/event'
import { writeAtomic } from '@sevenfold/layer'

/** Longest copy that is read back, bytes. */
const maxDecisionFileBytes = 268_435_456

/**
 * The copy of the decisions on disk, in the form of a snapshot of the live stream: what was decided stays in force
 * across a restart, also while detection is down. An unreadable copy is an empty one; `onProblem` says why.
 */
export function readDecisionFile(
  path: string,
  onProblem: (why: string) => void,
): { version: number; decisions: readonly Decision[] } {
  const none = { version: -1, decisions: [] }
  if (!existsSync(path)) return none
  if (statSync(path).size > maxDecisionFileBytes) {
    onProblem(`longer than ${maxDecisionFileBytes} bytes`)
    return none
  }
  const text = readFileSync(path, 'utf8')
  const decoded = decodeDecisionDelta(text)
  if (!decoded.ok) {
    onProblem(decoded.message)
    return none
  }
  return { version: decoded.value.version, decisions: decoded.value.add }
}

/** Replaces the copy. Throws what the file system throws. */
export function writeDecisionFile(path: string, version: number, decisions: readonly Decision[]): void {
  writeAtomic(path, `${JSON.stringify({ version: Math.max(0, version), add: decisions, remove: [] })}\n`)
}
