import { createHash, createPublicKey, verify } from 'node:crypto'
import { MerkleError } from '../merkle-error.ts'

/** Algorithm byte of plain Ed25519 note signatures. C2SP signed-note, "Signature types". */
export const ed25519Type = 0x01
/** Longest note that is parsed, in bytes, and most signature lines; Go's x/mod/sumdb/note has the same limits. */
export const maxNoteBytes = 1_000_000
export const maxNoteSignatures = 100

/** One signature line: who signed, the key's id, and the signature's bytes. */
export interface NoteSignature {
  readonly name: string
  /** Eight lower-case hex digits. */
  readonly keyId: string
  readonly signature: Uint8Array
}

/** A parsed note. `text` ends with a newline and is what signatures cover. */
export interface SignedNote {
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

/** A public Ed25519 key that verifies notes. */
export interface NoteKey {
  readonly name: string
  readonly keyId: string
  /** 32 bytes. */
  readonly publicKey: Uint8Array
}

const nameForm = /^[^\s+]{1,255}$/u
// DER prefix of an Ed25519 SubjectPublicKeyInfo (RFC 8410 section 4); the 32 raw bytes follow.
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex')

/** True for a name that a note key may have: no white space, no plus sign, not empty. */
export function isKeyName(name: string): boolean {
  return nameForm.test(name)
}

/** A note key from its name and raw public key. Throws `MERKLE_BAD_KEY`. */
export function noteKey(name: string, publicKey: Uint8Array, type: number = ed25519Type): NoteKey {
  if (!isKeyName(name) || publicKey.length !== 32) {
    throw new MerkleError('MERKLE_BAD_KEY', 'a note key has a name without white space or + and 32 bytes')
  }
  const digest = createHash('sha256').update(`${name}\n`).update(Uint8Array.of(type)).update(publicKey)
  return { name, keyId: digest.digest('hex').slice(0, 8), publicKey }
}

/** Text form of a verifier key, `<name>+<id>+<base64>`, as Go's note tools read it. C2SP signed-note, "Verifier keys". */
export function encodeVerifierKey(key: NoteKey, type: number = ed25519Type): string {
  return `${key.name}+${key.keyId}+${Buffer.concat([Uint8Array.of(type), key.publicKey]).toString('base64')}`
}

/** The key in a verifier key's text. Throws `MERKLE_BAD_KEY` for another form, type or a wrong id. */
export function decodeVerifierKey(text: string, type: number = ed25519Type): NoteKey {
  const [name = '', id, ...rest] = text.trim().split('+')
  const bytes = Buffer.from(rest.join('+'), 'base64')
  if (bytes.length !== 33 || bytes[0] !== type) {
    throw new MerkleError('MERKLE_BAD_KEY', `not an Ed25519 verifier key of type ${type}`)
  }
  const key = noteKey(name, bytes.subarray(1), type)
  if (key.keyId !== id) throw new MerkleError('MERKLE_BAD_KEY', `the key's id is ${key.keyId}`)
  return key
}

/**
 * A signed note. `sign` gives the 64 bytes of an Ed25519 signature over exactly the text's bytes.
 * Throws `MERKLE_BAD_NOTE` unless the text ends with a newline and has no other control characters.
 */
export function signNote(text: string, key: NoteKey, sign: (text: Uint8Array) => Uint8Array): string {
  checkText(text)
  const signature = sign(Buffer.from(text))
  return `${text}\n${signatureLine({ name: key.name, keyId: key.keyId, signature })}`
}

/** One signature line with its newline, for a note that gets further signatures. */
export function signatureLine(signature: NoteSignature): string {
  const bytes = Buffer.concat([Buffer.from(signature.keyId, 'hex'), signature.signature])
  return `— ${signature.name} ${bytes.toString('base64')}\n`
}

function checkText(text: string): void {
  if (!text.endsWith('\n') || /[\u0000-\u0009\u000b-\u001f\u007f\ufffd]/u.test(text)) {
    throw new MerkleError(
      'MERKLE_BAD_NOTE',
      'a note is text that ends with a newline, without control characters',
    )
  }
}

const lineForm = /^— ([^\s+]{1,255}) ([A-Za-z0-9+/]+={0,2})$/u

function parseSignature(line: string): NoteSignature {
  const match = lineForm.exec(line)
  const bytes = Buffer.from(match?.[2] ?? '', 'base64')
  if (match?.[1] === undefined || bytes.length < 5 || bytes.toString('base64') !== match[2]) {
    throw new MerkleError('MERKLE_BAD_NOTE', 'malformed signature line')
  }
  return { name: match[1], keyId: bytes.toString('hex', 0, 4), signature: bytes.subarray(4) }
}

/** Splits a note into text and signatures without checking any. Throws `MERKLE_BAD_NOTE`. C2SP signed-note, "Format". */
export function parseNote(note: string): SignedNote {
  if (Buffer.byteLength(note) > maxNoteBytes) throw new MerkleError('MERKLE_BAD_NOTE', 'the note is too long')
  const split = note.lastIndexOf('\n\n')
  if (split < 0 || !note.endsWith('\n'))
    throw new MerkleError('MERKLE_BAD_NOTE', 'the note has no signatures')
  const text = note.slice(0, split + 1)
  checkText(text)
  const lines = note.slice(split + 2, -1).split('\n')
  if (lines.length > maxNoteSignatures) {
    throw new MerkleError('MERKLE_BAD_NOTE', `more than ${maxNoteSignatures} signatures`)
  }
  return { text, signatures: lines.map(parseSignature) }
}

/**
 * True when the note has a signature of `key` that holds. As C2SP signed-note demands, a signature that names the
 * key and does not hold makes the whole note invalid; signatures of unknown keys are ignored. Never throws on bytes.
 */
export function isSignedBy(note: SignedNote, key: NoteKey): boolean {
  const own = signaturesOf(note, key)
  if (own.length === 0) return false
  const text = Buffer.from(note.text)
  return own.every((line) => holds(key, text, line.signature))
}

/** The signature lines of a note that name the key. */
export function signaturesOf(note: SignedNote, key: NoteKey): readonly NoteSignature[] {
  return note.signatures.filter((line) => line.name === key.name && line.keyId === key.keyId)
}

/** True when the 64 bytes are the key's Ed25519 signature over the message. Never throws on bytes. */
export function holds(key: NoteKey, message: Uint8Array, signature: Uint8Array): boolean {
  const publicKey = createPublicKey({
    key: Buffer.concat([spkiPrefix, key.publicKey]),
    format: 'der',
    type: 'spki',
  })
  return signature.length === 64 && verify(null, message, publicKey, signature)
}
