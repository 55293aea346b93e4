import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

// RFC 8410 section 7: Ed25519 private key as PKCS #8; the seed is 32 bytes of one value, so every run signs alike.
function privateKeyOf(byte: number): KeyObject {
  return createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, byte)]),
    format: 'der',
    type: 'pkcs8',
  })
}

/** Raw Ed25519 public key of the seed that repeats this byte. */
export function rawPublic(byte: number): Uint8Array {
  return createPublicKey(privateKeyOf(byte)).export({ format: 'der', type: 'spki' }).subarray(-32)
}

/** Signs with the private key of that seed. */
export function signWith(byte: number): (text: Uint8Array) => Uint8Array {
  return (text) => sign(null, text, privateKeyOf(byte))
}
