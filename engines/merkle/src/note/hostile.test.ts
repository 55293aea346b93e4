import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { MerkleError } from '../merkle-error.ts'
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts'
import {
  decodeVerifierKey,
  isSignedBy,
  maxNoteBytes,
  noteKey,
  parseNote,
  signatureLine,
  signNote,
} from './signed-note.ts'

const runs = { numRuns: Number(process.env['FC_RUNS'] ?? 300) }
const key = noteKey('example.org/log', new Uint8Array(32).fill(7))

/** Calls and tells a MerkleError from any other; anything else fails the test. */
function onlyMerkleErrors(call: () => unknown): boolean {
  try {
    call()
    return true
  } catch (error) {
    expect(error).toBeInstanceOf(MerkleError)
    return false
  }
}

describe('text from strangers', () => {
  const pieces = fc.array(
    fc.constantFrom('— ', 'a', '\n', '\n\n', ' ', '+', '=', 'AAAA', '\u0000', '\uFFFD', 'é', '7', '-'),
    {
      maxLength: 40,
    },
  )

  it('never makes the parser of notes throw anything but its own error', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          pieces.map((parts) => parts.join('')),
        ),
        (text) => {
          onlyMerkleErrors(() => parseNote(text))
          onlyMerkleErrors(() => decodeCheckpoint(text))
          onlyMerkleErrors(() => decodeVerifierKey(text))
        },
      ),
      runs,
    )
  })

  it('never counts as signed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 80 }), (signature) => {
        const line = signatureLine({ ...key, signature })
        const note = `text\n\n${line}`
        if (signature.length === 0) onlyMerkleErrors(() => parseNote(note))
        else expect(isSignedBy(parseNote(note), key)).toBe(false)
      }),
      runs,
    )
  })

  it('is refused beyond a million bytes', () => {
    const line = signatureLine({ ...key, signature: new Uint8Array(64) })
    const filler = 'x'.repeat(maxNoteBytes - line.length - 100)
    expect(onlyMerkleErrors(() => parseNote(`${filler}\n\n${line}`))).toBe(true)
    expect(onlyMerkleErrors(() => parseNote(`${filler}${'x'.repeat(100)}\n\n${line}`))).toBe(false)
  })
})

describe('what we write', () => {
  const lines = fc.array(fc.stringMatching(/^[ -~]{1,40}$/), { maxLength: 5 })

  it('reads back: any checkpoint', () => {
    const hash = fc.uint8Array({ minLength: 32, maxLength: 32 })
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z./]{1,30}$/),
        fc.maxSafeNat(),
        hash,
        lines,
        (origin, size, root, extensions) => {
          const checkpoint = { origin, size, root, extensions }
          expect(decodeCheckpoint(encodeCheckpoint(checkpoint))).toEqual(checkpoint)
        },
      ),
      runs,
    )
  })

  it('reads back: any text, signed several times', () => {
    fc.assert(
      fc.property(lines, fc.integer({ min: 1, max: 5 }), (text, count) => {
        const body = `${text.join('\n')}\n`
        const note =
          signNote(body, key, () => new Uint8Array(64)) +
          signatureLine({ ...key, signature: new Uint8Array(64) }).repeat(count - 1)
        const parsed = parseNote(note)
        expect(parsed.text).toBe(body)
        expect(parsed.signatures).toHaveLength(count)
        expect(parsed.signatures[0]).toEqual({
          name: key.name,
          keyId: key.keyId,
          signature: Buffer.alloc(64),
        })
      }),
      runs,
    )
  })
})
