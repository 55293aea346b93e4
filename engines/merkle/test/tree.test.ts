import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import {
  MerkleError,
  TileTree,
  consistencyProof,
  emptyRoot,
  inclusionProof,
  leafHash,
  leafHashesOfLines,
  nodeHash,
  tileHashReader,
  tilePath,
  treeRoot,
  verifyConsistency,
  verifyInclusion,
} from '@sevenfold/merkle'
import type { HashReader } from '@sevenfold/merkle'
import { entries, mth, path, proof } from './definitions.ts'

const hex = (hashes: readonly Uint8Array[]): string[] =>
  hashes.map((hash) => Buffer.from(hash).toString('hex'))
const sizes = [...Array.from({ length: 40 }, (_, i) => i), 63, 64, 65, 127, 128, 129, 255, 256, 257, 300]
const runs = Number(process.env['FC_RUNS'] ?? 100)

/** Grows a tile tree and keeps every tile, as a log on disk would. */
function grow(count: number): { tree: TileTree; read: HashReader } {
  const tree = new TileTree()
  const stored = new Map<string, Uint8Array>()
  for (const entry of entries(count)) tree.append(leafHash(entry))
  for (const tile of [...tree.takeFullTiles(), ...tree.partialTiles()]) stored.set(tilePath(tile), tile.bytes)
  return { tree, read: tileHashReader(count, (tile) => stored.get(tilePath(tile))) }
}

describe('hashes of RFC 6962 section 2.1', () => {
  it('gives the published hash of the empty tree and of the empty entry', () => {
    expect(Buffer.from(emptyRoot()).toString('hex')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    )
    expect(Buffer.from(leafHash(new Uint8Array())).toString('hex')).toBe(
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    )
  })

  it('keeps leaves and nodes apart', () => {
    const left = leafHash(Buffer.from('a'))
    const right = leafHash(Buffer.from('b'))
    expect(nodeHash(left, right)).not.toEqual(leafHash(Buffer.concat([left, right])))
  })

  it('hashes lines in place and leaves the text as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 40 }).map((s) => s.replaceAll('\n', ' '))), (lines) => {
        const text = Buffer.from(lines.map((line) => `${line}\n`).join(''))
        const before = Buffer.from(text)
        expect(hex(leafHashesOfLines(text))).toEqual(hex(lines.map((line) => leafHash(Buffer.from(line)))))
        expect(text.equals(before)).toBe(true)
      }),
      { numRuns: runs },
    )
  })

  it('does not take text after the last newline for a line', () => {
    expect(leafHashesOfLines(Buffer.from('a\nb'))).toHaveLength(1)
  })
})

describe('the tree, grown by tiles', () => {
  it.each(sizes)('has the root of the definition with %i entries', (size) => {
    const { tree, read } = grow(size)
    const expected = mth(entries(size)).toString('hex')
    expect(hex([tree.root(), treeRoot(read, size)])).toEqual([expected, expected])
  })

  it.each(sizes.filter((size) => size > 0))('proves every entry of %i as the definition does', (size) => {
    const { read } = grow(size)
    const d = entries(size)
    const root = mth(d)
    const step = size > 100 ? 17 : 1
    for (let index = 0; index < size; index += step) {
      const made = inclusionProof(read, index, size)
      expect(hex(made)).toEqual(hex(path(index, d)))
      const leaf = leafHash(d[index] ?? new Uint8Array())
      expect(verifyInclusion({ index, size, leaf, root, proof: made })).toBe(true)
    }
  })

  it.each(sizes)('proves that %i entries continue each shorter log as the definition does', (newSize) => {
    const { read } = grow(newSize)
    const d = entries(newSize)
    const newRoot = mth(d)
    const step = newSize > 100 ? 13 : 1
    for (let oldSize = 0; oldSize <= newSize; oldSize += step) {
      const made = consistencyProof(read, oldSize, newSize)
      if (oldSize > 0) expect(hex(made)).toEqual(hex(proof(oldSize, d)))
      const oldRoot = mth(d.slice(0, oldSize))
      expect(verifyConsistency({ oldSize, newSize, oldRoot, newRoot, proof: made })).toBe(true)
    }
  })

  it('goes on after a restart as if there had been none', () => {
    for (const cut of [0, 1, 255, 256, 257, 600]) {
      const whole = new TileTree()
      for (const entry of entries(1000)) whole.append(leafHash(entry))
      const first = new TileTree()
      for (const entry of entries(cut)) first.append(leafHash(entry))
      const second = TileTree.restore(cut, first.edges())
      for (const entry of entries(1000).slice(cut)) second.append(leafHash(entry))
      expect(hex([second.root()])).toEqual(hex([whole.root()]))
      const tiles = [...first.takeFullTiles(), ...second.takeFullTiles()].map(tilePath)
      expect(tiles).toEqual(whole.takeFullTiles().map(tilePath))
    }
  })

  it('makes tiles of the second level after 65,536 entries', () => {
    const tree = new TileTree()
    const leaf = leafHash(Buffer.from('same'))
    for (let i = 0; i < 65_537; i += 1) tree.append(leaf)
    const full = tree.takeFullTiles().map(tilePath)
    expect(full).toHaveLength(257)
    expect(full.slice(-2)).toEqual(['tile/0/255', 'tile/1/000'])
    expect(tree.partialTiles().map(tilePath)).toEqual(['tile/0/256.p/1', 'tile/2/000.p/1'])
  })
})

describe('proofs that do not hold', () => {
  const size = 21
  const d = entries(size)
  const root = mth(d)
  const { read } = grow(size)
  const leafAt = (index: number): Uint8Array => leafHash(d[index] ?? new Uint8Array())
  const foreign = leafHash(Buffer.from('in no log'))

  it('refuses an inclusion proof with any part changed', () => {
    for (let index = 0; index < size; index += 1) {
      const good = { index, size, leaf: leafAt(index), root, proof: inclusionProof(read, index, size) }
      const flipped = good.proof.map((_, at) => good.proof.map((hash, i) => (i === at ? foreign : hash)))
      const bad = [
        { ...good, index: index + 1 },
        { ...good, index: size },
        { ...good, size: index },
        { ...good, leaf: leafAt((index + 1) % size) },
        { ...good, root: leafAt(0) },
        { ...good, proof: good.proof.slice(1) },
        { ...good, proof: good.proof.slice(0, -1) },
        { ...good, proof: [...good.proof, leafAt(0)] },
        { ...good, proof: [...good.proof, new Uint8Array(31)] },
        { ...good, index: -1 },
        { ...good, index: 0.5 },
        ...flipped.map((proof) => ({ ...good, proof })),
      ]
      for (const claim of bad) expect(verifyInclusion(claim), JSON.stringify(claim.index)).toBe(false)
    }
  })

  it('refuses a consistency proof with any part changed', () => {
    for (let oldSize = 1; oldSize < size; oldSize += 1) {
      const good = {
        oldSize,
        newSize: size,
        oldRoot: mth(d.slice(0, oldSize)),
        newRoot: root,
        proof: consistencyProof(read, oldSize, size),
      }
      const flipped = good.proof.map((_, at) => good.proof.map((hash, i) => (i === at ? foreign : hash)))
      const bad = [
        { ...good, oldRoot: leafAt(1) },
        { ...good, newRoot: leafAt(1) },
        { ...good, oldSize: size + 1 },
        { ...good, proof: good.proof.slice(1) },
        { ...good, proof: [...good.proof, leafAt(0)] },
        { ...good, proof: [] },
        ...flipped.map((proof) => ({ ...good, proof })),
      ]
      for (const claim of bad) expect(verifyConsistency(claim), String(oldSize)).toBe(false)
    }
  })

  it('knows a rewritten log from a continued one', () => {
    const forged = [...d.slice(0, 4), Buffer.from('forged'), ...d.slice(5)]
    const oldRoot = mth(d.slice(0, 9))
    const claim = { oldSize: 9, newSize: size, oldRoot, newRoot: mth(forged), proof: proof(9, forged) }
    expect(verifyConsistency(claim)).toBe(false)
  })

  it('never throws on random proofs', () => {
    const hash = fc.uint8Array({ minLength: 30, maxLength: 33 })
    fc.assert(
      fc.property(fc.nat(40), fc.nat(40), fc.array(hash, { maxLength: 8 }), (a, b, hashes) => {
        const [x = leafAt(0), y = leafAt(1), ...rest] = hashes
        expect(verifyInclusion({ index: a, size: b, leaf: x, root: y, proof: rest })).toBe(false)
        const claim = { oldSize: a, newSize: b, oldRoot: x, newRoot: y, proof: rest }
        if (a !== b) expect(verifyConsistency(claim)).toBe(false)
      }),
      { numRuns: runs },
    )
  })
})

describe('calls that cannot be answered', () => {
  const { read } = grow(10)

  it.each([
    ['an entry past the end', () => inclusionProof(read, 10, 10)],
    ['a negative entry', () => inclusionProof(read, -1, 10)],
    ['an old size above the new one', () => consistencyProof(read, 11, 10)],
    ['a size that is no whole number', () => treeRoot(read, 1.5)],
    [
      'a tile that is missing',
      () =>
        treeRoot(
          tileHashReader(300, () => undefined),
          300,
        ),
    ],
    ['a hash of the wrong length', () => new TileTree().append(new Uint8Array(31))],
    ['edges that do not fit the size', () => TileTree.restore(5, [new Uint8Array(32)])],
    ['a partial tile cut within a hash', () => TileTree.restore(1, [new Uint8Array(33)])],
    ['edges of a smaller tree', () => TileTree.restore(256, [new Uint8Array(0)])],
  ])('throws a MerkleError for %s', (_name, call) => {
    expect(call).toThrow(MerkleError)
  })
})
