import { createPublicKey, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** One DER value (X.690 section 8.1): tag, length, content. */
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents)
  const { length } = content
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content])
  const bytes = length < 0x100 ? [length] : [length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, 0x80 | bytes.length, ...bytes]), content])
}

const [sequence, set, integer, utf8String, bitString] = [0x30, 0x31, 0x02, 0x0c, 0x03]
const commonName = Buffer.from('0603550403', 'hex') // 2.5.4.3
const ecdsaWithSha256 = Buffer.from('06082a8648ce3d040302', 'hex') // 1.2.840.10045.4.3.2

/**
 * A request for a certificate (PKCS #10, RFC 2986 section 4) with nothing in it but a name and the key: what the
 * certificate allows is for whoever issues it to say. DER.
 * @param key elliptic, P-256.
 * @param name common name, at most 64 characters.
 */
export function createCertificateRequest(key: KeyObject, name: string): Uint8Array {
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' })
  const subject = der(sequence, der(set, der(sequence, commonName, der(utf8String, Buffer.from(name)))))
  const info = der(sequence, der(integer, Buffer.from([0])), subject, publicKey, der(0xa0))
  const signature = sign('sha256', info, key)
  return new Uint8Array(
    der(sequence, info, der(sequence, ecdsaWithSha256), der(bitString, Buffer.from([0]), signature)),
  )
}
