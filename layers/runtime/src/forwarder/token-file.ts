import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'

const form = /^[0-9a-f]{64}$/

/** Reads the token that sensors show, or makes a new one in a file of mode 0600. */
export function loadOrCreateToken(path: string): string {
  try {
    const token = readFileSync(path, 'utf8').trim()
    if (form.test(token)) return token
  } catch {
    // no token yet
  }
  const token = randomBytes(32).toString('hex')
  writeFileSync(path, `${token}\n`, { mode: 0o600 })
  return token
}
