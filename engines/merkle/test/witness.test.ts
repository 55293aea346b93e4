import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  MerkleError,
  consistencyProof,
  cosign,
  cosignedAt,
  cosignerKey,
  decodeAddCheckpoint,
  decodeCosignerKey,
  decodeTlogProof,
  decodeVerifierKey,
  encodeAddCheckpoint,
  encodeCheckpoint,
  encodeCosignerKey,
  encodeTlogProof,
  encodeVerifierKey,
  inclusionProof,
  judgeAddCheckpoint,
  leafHash,
  maxProofLines,
  noteKey,
  parseNote,
  signNote,
  treeRoot,
  verifyTlogProof,
} from '@sevenfold/merkle'
import type { HashReader, WitnessVerdict, Witnessed } from '@sevenfold/merkle'
import { nodeHash } from '@sevenfold/merkle'
import { rawPublic, signWith } from './keys.ts'

const origin = 'example.org/log'
const log = noteKey(origin, rawPublic(1))
const thief = noteKey(origin, rawPublic(9))
const witness = cosignerKey('witness.example/w1', rawPublic(2))
const leaves = Array.from({ length: 300 }, (_, index) => leafHash(Buffer.from(`entry ${index}`)))

/** Hashes of complete subtrees straight from the definition. */
const reader: HashReader = (level, index) =>
  level === 0
    ? (leaves[index] ?? new Uint8Array(32))
    : nodeHash(reader(level - 1, index * 2), reader(level - 1, index * 2 + 1))

function noteOf(
  size: number,
  change: { readonly root?: Uint8Array; readonly by?: number; readonly name?: string } = {},
): string {
  const name = change.name ?? origin
  const root = change.root ?? treeRoot(reader, size)
  const text = encodeCheckpoint({ origin: name, size, root, extensions: [] })
  return signNote(text, noteKey(name, rawPublic(change.by ?? 1)), signWith(change.by ?? 1))
}

function requestOf(oldSize: number, size: number): string {
  const proof = oldSize === 0 ? [] : consistencyProof(reader, oldSize, size)
  return encodeAddCheckpoint({ oldSize, proof, note: noteOf(size) })
}

let records = new Map<string, Witnessed>()
beforeEach(() => {
  records = new Map()
})

function judge(text: string): WitnessVerdict {
  const verdict = judgeAddCheckpoint(text, {
    keys: (name) => (name === origin ? [log] : undefined),
    last: (name) => records.get(name),
  })
  if (verdict.kind === 'sign') records.set(origin, verdict.checkpoint)
  return verdict
}

describe('a witness', () => {
  it('cosigns the first checkpoint and every one that continues the last', () => {
    for (const [old, size] of [
      [0, 1],
      [1, 7],
      [7, 7],
      [7, 300],
    ] as const) {
      expect(judge(requestOf(old, size))).toMatchObject({ kind: 'sign', checkpoint: { size } })
    }
  })

  it('tells the size that it knows when the old size is another', () => {
    judge(requestOf(0, 7))
    expect(judge(requestOf(0, 9))).toEqual({ kind: 'conflict', size: 7 })
    expect(judge(requestOf(5, 9))).toEqual({ kind: 'conflict', size: 7 })
  })

  it.each<[string, () => string, number]>([
    [
      'an unknown log',
      () => encodeAddCheckpoint({ oldSize: 0, proof: [], note: noteOf(3, { name: 'other.org/log' }) }),
      404,
    ],
    [
      'a key that it does not trust',
      () => encodeAddCheckpoint({ oldSize: 0, proof: [], note: noteOf(3, { by: 9 }) }),
      403,
    ],
    [
      'an old size above the new one',
      () => encodeAddCheckpoint({ oldSize: 8, proof: [], note: noteOf(7) }),
      400,
    ],
    [
      'another root of the same size',
      () => encodeAddCheckpoint({ oldSize: 7, proof: [], note: noteOf(7, { root: Buffer.alloc(32, 1) }) }),
      409,
    ],
    [
      'a proof of another tree',
      () => encodeAddCheckpoint({ oldSize: 7, proof: consistencyProof(reader, 6, 9), note: noteOf(9) }),
      422,
    ],
    [
      'a fork',
      () =>
        encodeAddCheckpoint({
          oldSize: 7,
          proof: consistencyProof(reader, 7, 9),
          note: noteOf(9, { root: Buffer.alloc(32, 1) }),
        }),
      422,
    ],
    ['no old size', () => noteOf(9), 400],
    ['a note without a signature', () => `old 7\n\n${noteOf(9).split('\n\n')[0]}\n`, 400],
  ])('refuses %s', (_name, text, status) => {
    judge(requestOf(0, 7))
    expect(judge(text())).toMatchObject({ kind: 'refuse', status })
    expect(records.get(origin)?.size).toBe(7)
  })

  it('never cosigns two trees of which one does not continue the other, whatever it is asked', () => {
    const size = fc.integer({ min: 1, max: 40 })
    fc.assert(
      fc.property(fc.array(fc.tuple(size, size, fc.boolean()), { maxLength: 12 }), (asks) => {
        records = new Map()
        let last = 0
        for (const [old, next, isForged] of asks) {
          const proof = old < next ? consistencyProof(reader, old, next) : []
          const note = noteOf(next, isForged ? { root: Buffer.alloc(32, next) } : {})
          const verdict = judge(
            encodeAddCheckpoint({ oldSize: last === 0 ? 0 : old, proof: last === 0 ? [] : proof, note }),
          )
          if (verdict.kind !== 'sign') continue
          expect(verdict.checkpoint.size).toBeGreaterThanOrEqual(last)
          if (last > 0) expect(isForged && verdict.checkpoint.size !== last).toBe(false)
          last = verdict.checkpoint.size
          if (isForged) break // the very first checkpoint of a log is believed
        }
      }),
      { numRuns: 100 },
    )
  })
})

describe('decodeAddCheckpoint', () => {
  it(`takes ${maxProofLines} lines of proof and refuses one more`, () => {
    const make = (count: number): string =>
      encodeAddCheckpoint({
        oldSize: 1,
        proof: Array.from({ length: count }, () => new Uint8Array(32)),
        note: noteOf(2),
      })
    expect(decodeAddCheckpoint(make(maxProofLines)).proof).toHaveLength(maxProofLines)
    expect(() => decodeAddCheckpoint(make(maxProofLines + 1))).toThrow(MerkleError)
  })

  it.each(['old 01\n\nx', 'old -1\n\nx', 'old 1\nAAAA\n\nx', 'old 9999999999999999\n\nx', '', '\n\n'])(
    'refuses %j',
    (text) => {
      expect(() => decodeAddCheckpoint(text)).toThrow(MerkleError)
    },
  )

  it('throws nothing but its own error on any text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `old 1\n${text}\n\n${text}`),
        ),
        (text) => {
          expect(judgeAddCheckpoint(text, { keys: () => [log], last: () => undefined }).kind).toBe('refuse')
        },
      ),
    )
  })
})

describe('cosignatures', () => {
  const note = noteOf(7)
  const { text } = parseNote(note)
  const line = cosign(text, witness, { seconds: 1_679_315_147, sign: signWith(2) })

  it('hold for the key of the cosigner, with their time', () => {
    expect(cosignedAt(parseNote(note + line), witness)).toBe(1_679_315_147)
  })

  it('do not hold for another text, key, time, or when they are cut', () => {
    const bytes = Buffer.from(line.split(' ')[2]?.trim() ?? '', 'base64')
    const changed = (edit: (copy: Buffer) => Buffer): string =>
      `— ${witness.name} ${edit(Buffer.from(bytes)).toString('base64')}\n`
    const later = changed((copy) => {
      copy.writeBigUInt64BE(1_679_315_148n, 4)
      return copy
    })
    expect(cosignedAt(parseNote(noteOf(8) + line), witness)).toBeUndefined()
    expect(cosignedAt(parseNote(note + line), cosignerKey(witness.name, rawPublic(3)))).toBeUndefined()
    expect(cosignedAt(parseNote(note + later), witness)).toBeUndefined()
    expect(cosignedAt(parseNote(note + changed((copy) => copy.subarray(0, 75))), witness)).toBeUndefined()
    expect(cosignedAt(parseNote(note + line + later), witness)).toBeUndefined()
    expect(cosignedAt(parseNote(note), witness)).toBeUndefined()
  })

  it('have a key of another type than notes', () => {
    const key = encodeCosignerKey(witness)
    expect(decodeCosignerKey(key)).toEqual({ ...witness, publicKey: Buffer.from(witness.publicKey) })
    expect(() => decodeVerifierKey(key)).toThrow(MerkleError)
    expect(() => decodeCosignerKey(encodeVerifierKey(log))).toThrow(MerkleError)
  })
})

describe('tlog proofs', () => {
  const checkpoint =
    noteOf(300) + cosign(parseNote(noteOf(300)).text, witness, { seconds: 5, sign: signWith(2) })
  const proof = { index: 123, hashes: inclusionProof(reader, 123, 300), checkpoint }
  const leaf = leaves[123] ?? new Uint8Array(32)
  const policy = { log, witnesses: [witness], quorum: 1 }

  it('prove an entry to whoever has the keys', () => {
    const read = decodeTlogProof(encodeTlogProof(proof))
    expect(verifyTlogProof(read, leaf, policy)).toMatchObject({ index: 123, checkpoint: { size: 300 } })
    expect(verifyTlogProof(read, leaf, policy)?.witnesses).toEqual(new Map([[witness.name, 5]]))
  })

  it('carry extra bytes', () => {
    const extra = Buffer.from('what the entry is about')
    expect(decodeTlogProof(encodeTlogProof({ ...proof, extra })).extra).toEqual(extra)
  })

  it('prove nothing about another entry or index, for another log, or with too few witnesses', () => {
    expect(verifyTlogProof(proof, leaves[124] ?? leaf, policy)).toBeUndefined()
    expect(verifyTlogProof({ ...proof, index: 124 }, leaf, policy)).toBeUndefined()
    expect(verifyTlogProof(proof, leaf, { ...policy, log: thief })).toBeUndefined()
    expect(verifyTlogProof(proof, leaf, { ...policy, quorum: 2 })).toBeUndefined()
    expect(verifyTlogProof({ ...proof, checkpoint: noteOf(300) }, leaf, policy)).toBeUndefined()
  })

  it.each([
    '',
    'c2sp.org/tlog-proof@v2\nindex 1\n\nx',
    'c2sp.org/tlog-proof@v1\n\nx',
    'c2sp.org/tlog-proof@v1\nindex 01\n\nx',
    'c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\nx',
    'c2sp.org/tlog-proof@v1\nextra !\nindex 1\n\nx',
  ])('refuse to be read from %j', (text) => {
    expect(() => decodeTlogProof(text)).toThrow(MerkleError)
  })
})
