import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
} from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { LayerError } from '../error.ts'
import { ensurePrivateFolder } from '../files/private-folder.ts'
import { writeAtomic } from '../files/write-atomic.ts'

/** The keys of one part on one host. */
export interface PartKeys {
  /** First 16 hex digits of SHA-256 over the raw public key. */
  readonly keyId: string
  /** Raw Ed25519 public key, 32 bytes. */
  readonly publicKey: Uint8Array
  /** Base64 Ed25519 signature (RFC 8032) over UTF-8 text or bytes. */
  sign(text: string | Uint8Array): string
  /** Key of the keyed hashes that stand for secrets in events, 32 bytes. */
  readonly redactionKey: Uint8Array
}

/** Key id of a raw Ed25519 public key. */
export function keyIdOf(publicKey: Uint8Array): string {
  return createHash('sha256').update(publicKey).digest('hex').slice(0, 16)
}

// RFC 8410: an Ed25519 SubjectPublicKeyInfo is these 12 bytes and the 32 raw ones.
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex')

/** Raw 32 bytes of an Ed25519 public key as a key object. @throws LayerError LAYER_KEYS_INVALID for another length. */
export function publicKeyFromRaw(raw: Uint8Array): KeyObject {
  if (raw.length !== 32) throw new LayerError('LAYER_KEYS_INVALID', 'an Ed25519 public key has 32 bytes')
  return createPublicKey({ key: Buffer.concat([spkiPrefix, raw]), format: 'der', type: 'spki' })
}

function rawPublicKey(key: KeyObject): Uint8Array {
  const der = key.export({ format: 'der', type: 'spki' })
  return new Uint8Array(der.subarray(der.length - 32))
}

function checkPrivateMode(path: string): void {
  if ((statSync(path).mode & 0o077) === 0) return
  throw new LayerError('LAYER_KEYS_MODE', `key file ${path} can be read by others`, {
    hint: `chmod 600 ${path}, and make a new key if others had access`,
  })
}

function loadPrivateKey(path: string): KeyObject {
  checkPrivateMode(path)
  try {
    const key = createPrivateKey(readFileSync(path))
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch (error) {
    throw new LayerError('LAYER_KEYS_INVALID', `key file ${path} is damaged`, {
      cause: error,
      hint: 'restore it from a backup, or remove it and register the new key with every receiver',
    })
  }
  throw new LayerError('LAYER_KEYS_INVALID', `key file ${path} holds no Ed25519 key`, { hint: 'remove it' })
}

function loadOrCreate(path: string, create: () => string): void {
  if (!existsSync(path)) writeAtomic(path, create())
}

/**
 * The key pair and the redaction key in `dir` (folder 0700, files 0600), made at the first call.
 * @throws LayerError LAYER_KEYS_INVALID, LAYER_KEYS_MODE, LAYER_DATA_UNUSABLE.
 */
export function loadOrCreateKeys(dir: string): PartKeys {
  ensurePrivateFolder(dir)
  const signingFile = join(dir, 'signing.pem')
  const redactionFile = join(dir, 'redaction.key')
  loadOrCreate(signingFile, () =>
    generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  )
  loadOrCreate(redactionFile, () => `${randomBytes(32).toString('hex')}\n`)
  const privateKey = loadPrivateKey(signingFile)
  checkPrivateMode(redactionFile)
  const redactionKey = Buffer.from(readFileSync(redactionFile, 'utf8').trim(), 'hex')
  if (redactionKey.length !== 32)
    throw new LayerError('LAYER_KEYS_INVALID', `key file ${redactionFile} is damaged`, { hint: 'remove it' })
  const publicKey = rawPublicKey(createPublicKey(privateKey))
  return {
    keyId: keyIdOf(publicKey),
    publicKey,
    redactionKey: new Uint8Array(redactionKey),
    sign: (text) =>
      sign(null, typeof text === 'string' ? Buffer.from(text) : text, privateKey).toString('base64'),
  }
}
