import { createHash, timingSafeEqual, verify } from 'node:crypto'
import { publicKeyFromRaw } from '@sevenfold/layer'
import { FeedError } from './feed-error.ts'

/** Throws `FEED_UNTRUSTED` unless the body has the SHA-256 digest (hex). */
export function verifyDigest(body: Uint8Array, sha256: string): void {
  const found = createHash('sha256').update(body).digest()
  const wanted = Buffer.from(sha256, 'hex')
  if (wanted.length !== found.length || !timingSafeEqual(found, wanted)) {
    throw new FeedError(
      'FEED_UNTRUSTED',
      `the list has digest ${found.toString('hex')}, not the one configured`,
    )
  }
}

/** Whether an Ed25519 signature (base64) by a raw public key (base64) is of the body. False for anything malformed. */
export function isSignedBy(body: Uint8Array, signature: string, publicKey: string): boolean {
  const [key, bytes] = [Buffer.from(publicKey.trim(), 'base64'), Buffer.from(signature.trim(), 'base64')]
  if (key.length !== 32 || bytes.length !== 64) return false
  return verify(null, body, publicKeyFromRaw(key), bytes)
}

/** Throws `FEED_UNTRUSTED` unless the signature fits. */
export function verifySignature(body: Uint8Array, signature: string, publicKey: string): void {
  if (!isSignedBy(body, signature, publicKey))
    throw new FeedError('FEED_UNTRUSTED', 'the signature of the list does not fit its key')
}
