import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { leafHash } from '../tree/hash.ts'
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts'
import {
  decodeVerifierKey,
  encodeVerifierKey,
  isSignedBy,
  maxNoteSignatures,
  noteKey,
  parseNote,
  signatureLine,
  signNote,
} from './signed-note.ts'

// RFC 8410 section 7: Ed25519 private key as PKCS #8; the seed is 32 bytes of one value, so every run signs alike.
const privateKeyOf = (byte: number): ReturnType<typeof createPrivateKey> =>
  createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, byte)]),
    format: 'der',
    type: 'pkcs8',
  })
const rawPublic = (byte: number): Uint8Array =>
  createPublicKey(privateKeyOf(byte)).export({ format: 'der', type: 'spki' }).subarray(-32)

const key = noteKey('example.com/log', rawPublic(1))
const other = noteKey('witness', rawPublic(2))
const signWith =
  (byte: number) =>
  (text: Uint8Array): Uint8Array =>
    sign(null, text, privateKeyOf(byte))
const text = 'example.com/log\n7\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n'
const note = signNote(text, key, signWith(1))

describe('signed notes of C2SP signed-note', () => {
  it('signs so that the key verifies', () => {
    const parsed = parseNote(note)
    expect(parsed.text).toBe(text)
    expect(parsed.signatures).toHaveLength(1)
    expect(isSignedBy(parsed, key)).toBe(true)
    expect(isSignedBy(parsed, other)).toBe(false)
  })

  it('has the shape text, empty line, dash, name, base64', () => {
    expect(note).toMatch(
      /^example\.com\/log\n7\n[^\n]+\n\n— example\.com\/log [A-Za-z0-9+/]{90,92}={0,2}\n$/u,
    )
  })

  it('ignores signatures of keys it does not know and accepts any order', () => {
    const cosignature = signatureLine({ ...other, signature: signWith(2)(Buffer.from(text)) })
    const parsed = parseNote(note + cosignature)
    expect(isSignedBy(parsed, key)).toBe(true)
    expect(isSignedBy(parsed, other)).toBe(true)
  })

  it('refuses changed text, a signature by another key under this name, and one that is cut', () => {
    expect(isSignedBy(parseNote(note.replace('\n7\n', '\n8\n')), key)).toBe(false)
    expect(isSignedBy(parseNote(signNote(text, key, signWith(2))), key)).toBe(false)
    expect(isSignedBy(parseNote(signNote(text, key, (t) => signWith(1)(t).subarray(1))), key)).toBe(false)
  })

  it('refuses the whole note when one of two signatures of the key does not hold', () => {
    const bad = signatureLine({ ...key, signature: Buffer.alloc(64) })
    expect(isSignedBy(parseNote(note + bad), key)).toBe(false)
  })

  it.each([
    ['no signature', text],
    ['no newline at the end', note.slice(0, -1)],
    ['a hyphen for the dash', note.replace('—', '-')],
    ['white space in the name', note.replace('— example.com/log', '— example com/log')],
    ['base64 that is not canonical', note.replace(/=*\n$/u, 'x=\n')],
    ['a control character', note.replace('example', 'exam\tple')],
    ['a signature shorter than a key id', `${text}\n— a AAAA\n`],
    ['an empty line after the signatures', `${note}\n`],
  ])('refuses a note with %s', (_name, bad) => {
    expect(() => parseNote(bad)).toThrow(/note|signature/u)
  })

  it(`takes ${maxNoteSignatures} signatures and refuses one more`, () => {
    const line = signatureLine({ ...other, signature: Buffer.alloc(64) })
    const full = note + line.repeat(maxNoteSignatures - 1)
    expect(parseNote(full).signatures).toHaveLength(maxNoteSignatures)
    expect(() => parseNote(full + line)).toThrow('more than 100')
  })

  it('does not sign text without a newline at its end', () => {
    expect(() => signNote('no newline', key, signWith(1))).toThrow('ends with a newline')
  })
})

describe('verifier keys', () => {
  it('are written and read in the form of Go note tools', () => {
    const encoded = encodeVerifierKey(key)
    expect(encoded).toMatch(/^example\.com\/log\+[0-9a-f]{8}\+A[A-Za-z0-9+/]{43}$/u)
    expect(decodeVerifierKey(encoded)).toEqual({ ...key, publicKey: Buffer.from(key.publicKey) })
  })

  it.each([
    ['another id', encodeVerifierKey(key).replace(/\+[0-9a-f]{8}\+/u, '+00000000+')],
    ['another type', encodeVerifierKey(key).replace(/\+A/u, '+B')],
    ['another name', encodeVerifierKey(key).replace('example', 'elpmaxe')],
    ['a short key', encodeVerifierKey(key).slice(0, -8)],
    ['nothing', ''],
  ])('are refused with %s', (_name, bad) => {
    expect(() => decodeVerifierKey(bad)).toThrow(/key/u)
  })

  it('are refused with white space or a plus sign in the name', () => {
    for (const name of ['a b', 'a+b', '', 'a\n']) expect(() => noteKey(name, rawPublic(1))).toThrow('name')
  })
})

describe('checkpoints of C2SP tlog-checkpoint', () => {
  const checkpoint = {
    origin: 'example.com/log',
    size: 7,
    root: Uint8Array.from(leafHash(new Uint8Array())),
    extensions: [],
  }

  it('are three lines and read back', () => {
    expect(encodeCheckpoint(checkpoint)).toBe(text)
    expect(decodeCheckpoint(text)).toEqual(checkpoint)
  })

  it('keep extension lines', () => {
    const extended = { ...checkpoint, extensions: ['one', 'two'] }
    expect(decodeCheckpoint(encodeCheckpoint(extended))).toEqual(extended)
  })

  it.each([
    ['a leading zero', text.replace('\n7\n', '\n07\n')],
    ['a sign', text.replace('\n7\n', '\n+7\n')],
    ['a size past 2^53', text.replace('\n7\n', '\n99999999999999999\n')],
    ['a short root', text.replace('bjQL', '')],
    ['no origin', `\n${text.slice(text.indexOf('\n') + 1)}`],
    ['no newline at the end', text.slice(0, -1)],
    ['an empty line', `${text}\n`],
    ['nothing', ''],
  ])('are refused with %s', (_name, bad) => {
    expect(() => decodeCheckpoint(bad)).toThrow('not a checkpoint')
  })

  it('are not made with a size below 0, a short root or a line break in a line', () => {
    expect(() => encodeCheckpoint({ ...checkpoint, size: -1 })).toThrow('size')
    expect(() => encodeCheckpoint({ ...checkpoint, root: new Uint8Array(31) })).toThrow('32 bytes')
    expect(() => encodeCheckpoint({ ...checkpoint, extensions: ['a\nb'] })).toThrow('empty')
  })
})
