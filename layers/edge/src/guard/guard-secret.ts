import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeAtomic } from '@sevenfold/layer'

const form = /^[0-9a-f]{64}\n?$/

function secretPath(dataDir: string): string {
  return join(dataDir, 'keys', 'guard.key')
}

/**
 * The secret that challenges are signed with and counters are named by, from `data/edge/keys/guard.key` (64 hex digits);
 * null when there is none.
 */
export function readGuardSecret(dataDir: string): Uint8Array | null {
  const path = secretPath(dataDir)
  if (!existsSync(path)) return null
  const text = readFileSync(path, 'utf8')
  return form.test(text) ? Buffer.from(text.trim(), 'hex') : null
}

/** Makes the secret where it is missing or damaged. Solved challenges outlive a restart. */
export function ensureGuardSecret(dataDir: string): void {
  if (readGuardSecret(dataDir) === null)
    writeAtomic(secretPath(dataDir), `${randomBytes(32).toString('hex')}\n`)
}
