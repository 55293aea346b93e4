import {
  decodeVerifierKey,
  encodeVerifierKey,
  holds,
  noteKey,
  signatureLine,
  signaturesOf,
} from './signed-note.ts'
import type { NoteKey, SignedNote } from './signed-note.ts'

/** Algorithm byte of timestamped Ed25519 cosignatures. C2SP tlog-cosignature, "Format". */
export const cosignatureType = 0x04

/** Bytes of a cosignature: the time as 64 bits, big-endian, and the signature. */
const cosignatureSize = 72

/** The key of a cosigner from its name and raw public key. Throws `MERKLE_BAD_KEY`. */
export function cosignerKey(name: string, publicKey: Uint8Array): NoteKey {
  return noteKey(name, publicKey, cosignatureType)
}

/** Text form of a cosigner's verifier key. C2SP tlog-cosignature. */
export function encodeCosignerKey(key: NoteKey): string {
  return encodeVerifierKey(key, cosignatureType)
}

/** The key in that text. Throws `MERKLE_BAD_KEY` for another form, type or a wrong id. */
export function decodeCosignerKey(text: string): NoteKey {
  return decodeVerifierKey(text, cosignatureType)
}

/** What a cosigner signs: two lines, then the whole text of the checkpoint. C2SP tlog-cosignature, "Ed25519 signed message". */
function cosignedMessage(text: string, seconds: number): Uint8Array {
  return Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`)
}

/**
 * The signature line of a cosigner below the text of a checkpoint.
 * @param seconds time of signing, since 1970.
 * @param sign gives the 64 bytes of an Ed25519 signature over exactly these bytes.
 */
export function cosign(
  text: string,
  key: NoteKey,
  by: { readonly seconds: number; readonly sign: (message: Uint8Array) => Uint8Array },
): string {
  const time = Buffer.alloc(8)
  time.writeBigUInt64BE(BigInt(by.seconds))
  const signature = Buffer.concat([time, by.sign(cosignedMessage(text, by.seconds))])
  return signatureLine({ name: key.name, keyId: key.keyId, signature })
}

/**
 * The time, in seconds since 1970, at which the cosigner signed the checkpoint; undefined when it did not, or when a
 * line that names its key does not hold. Never throws on bytes.
 */
export function cosignedAt(note: SignedNote, key: NoteKey): number | undefined {
  const times = signaturesOf(note, key).map(({ signature }) => {
    if (signature.length !== cosignatureSize) return undefined
    const bytes = Buffer.from(signature)
    const seconds = Number(bytes.readBigUInt64BE(0))
    const isTime = Number.isSafeInteger(seconds)
    return isTime && holds(key, cosignedMessage(note.text, seconds), bytes.subarray(8)) ? seconds : undefined
  })
  return times.includes(undefined) ? undefined : times[0]
}
