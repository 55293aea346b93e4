import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeAtomic } from '@sevenfold/layer'

const keyForm = /^[0-9a-f]{64}\n?$/

function keyPath(dataDir: string): string {
  return join(dataDir, 'keys', 'canary.key')
}

/** The key of canary marks from `data/edge/keys/canary.key` (64 hex digits); null when there is none. */
export function readCanaryKey(dataDir: string): Uint8Array | null {
  const path = keyPath(dataDir)
  if (!existsSync(path)) return null
  const text = readFileSync(path, 'utf8')
  return keyForm.test(text) ? Buffer.from(text.trim(), 'hex') : null
}

/** Makes the key where it is missing or damaged; whoever sends canaries reads the file. */
export function ensureCanaryKey(dataDir: string): void {
  if (readCanaryKey(dataDir) === null) writeAtomic(keyPath(dataDir), `${randomBytes(32).toString('hex')}\n`)
}
