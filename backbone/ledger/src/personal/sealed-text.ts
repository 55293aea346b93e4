import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto'

const nonceBytes = 12
const tagBytes = 16
const algorithm = 'aes-256-gcm'

interface DayKeys {
  readonly cipher: Buffer
  readonly nonce: Buffer
}

const derived = new WeakMap<Buffer, DayKeys>()

function dayKeys(key: Buffer): DayKeys {
  let keys = derived.get(key)
  if (keys === undefined) {
    const derive = (use: string): Buffer =>
      Buffer.from(hkdfSync('sha256', key, '', `sevenfold-personal/1 ${use}`, 32))
    keys = { cipher: derive('cipher'), nonce: derive('nonce') }
    derived.set(key, keys)
  }
  return keys
}

/** What stands in the ledger for a text: `sealed:<day>:` and base64url. */
export const sealedPattern: RegExp = /^sealed:(\d{4}-\d\d-\d\d):([\w-]+)$/u

/**
 * Encrypts a text under the key of a day (AES-256-GCM). The nonce is a keyed hash of the text, so that equal texts of a day stay equal, which
 * lets them be counted and followed without the key; nothing else shows.
 */
export function sealText(text: string, day: string, key: Buffer): string {
  const keys = dayKeys(key)
  const nonce = createHmac('sha256', keys.nonce).update(text).digest().subarray(0, nonceBytes)
  const cipher = createCipheriv(algorithm, keys.cipher, nonce)
  const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return `sealed:${day}:${sealed.toString('base64url')}`
}

/** The text again; undefined for what this key did not seal. */
export function openText(sealed: string, key: Buffer): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url')
  if (bytes.length < nonceBytes + tagBytes) return undefined
  try {
    const decipher = createDecipheriv(algorithm, dayKeys(key).cipher, bytes.subarray(0, nonceBytes))
    decipher.setAuthTag(bytes.subarray(-tagBytes))
    const text = decipher.update(bytes.subarray(nonceBytes, -tagBytes))
    return Buffer.concat([text, decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}
