import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import {
  TileTree,
  consistencyProof,
  inclusionProof,
  leafHash,
  maxTileLevel,
  nodeHash,
  parseTilePath,
  tileHashReader,
  tilePath,
  tilesOfSize,
  tileWidth,
  treeRoot,
  verifyConsistency,
  verifyInclusion,
} from '@sevenfold/merkle'
import type { Tile } from '@sevenfold/merkle'
import { entries, mth, path, proof } from './definitions.ts'

const runs = { numRuns: Number(process.env['FC_RUNS'] ?? 40) }
const hex = (hashes: readonly Uint8Array[]): string[] =>
  hashes.map((hash) => Buffer.from(hash).toString('hex'))

/** A log that writes tiles as it grows, in steps: what a server does, and what a reader of its files sees. */
class FileLog {
  readonly tree = new TileTree()
  readonly files = new Map<string, Uint8Array>()

  append(texts: readonly Uint8Array[]): void {
    for (const text of texts) this.tree.append(leafHash(text))
    for (const tile of [...this.tree.takeFullTiles(), ...this.tree.partialTiles()]) this.#write(tile)
  }

  #write(tile: Tile): void {
    const name = tilePath(tile)
    const known = this.files.get(name)
    if (known !== undefined) expect(hex([known])).toEqual(hex([tile.bytes]))
    this.files.set(name, tile.bytes)
  }

  reader(size: number) {
    return tileHashReader(size, (tile) => this.files.get(tilePath(tile)))
  }
}

const steps = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 6 })

describe('a log that grows in steps', () => {
  it('never writes another content under the same path, and serves every size it had', () => {
    fc.assert(
      fc.property(steps, (counts) => {
        const log = new FileLog()
        const all = entries(counts.reduce((sum, count) => sum + count, 0))
        let size = 0
        const roots: [number, Uint8Array][] = []
        for (const count of counts) {
          log.append(all.slice(size, size + count))
          size += count
          roots.push([size, log.tree.root()])
        }
        for (const [at, root] of roots) expect(hex([treeRoot(log.reader(at), at)])).toEqual(hex([root]))
        expect(hex([log.tree.root()])).toEqual(hex([mth(all)]))
      }),
      runs,
    )
  })

  it('proves from its files what the definition proves', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 700 }), fc.nat(), fc.nat(), (size, a, b) => {
        const log = new FileLog()
        const all = entries(size)
        log.append(all)
        const read = log.reader(size)
        const index = a % size
        const inclusion = inclusionProof(read, index, size)
        expect(hex(inclusion)).toEqual(hex(path(index, all)))
        const leaf = leafHash(all[index] ?? new Uint8Array())
        expect(verifyInclusion({ index, size, leaf, root: mth(all), proof: inclusion })).toBe(true)
        const oldSize = 1 + (b % size)
        const consistency = consistencyProof(read, oldSize, size)
        expect(hex(consistency)).toEqual(hex(proof(oldSize, all)))
        const oldRoot = mth(all.slice(0, oldSize))
        expect(
          verifyConsistency({ oldSize, newSize: size, oldRoot, newRoot: mth(all), proof: consistency }),
        ).toBe(true)
      }),
      runs,
    )
  })

  it('goes on from its edges at any moment', () => {
    fc.assert(
      fc.property(steps, (counts) => {
        const whole = new TileTree()
        let part = new TileTree()
        let at = 0
        for (const count of counts) {
          for (let i = 0; i < count; i += 1, at += 1) {
            const leaf = leafHash(Buffer.from(String(at)))
            whole.append(leaf)
            part.append(leaf)
          }
          part = TileTree.restore(part.size, part.edges())
        }
        expect(hex([part.root()])).toEqual(hex([whole.root()]))
        expect(part.size).toBe(whole.size)
      }),
      runs,
    )
  })
})

describe('tiles', () => {
  it('hold the roots of the tiles below them', () => {
    const log = new FileLog()
    log.append(entries(600))
    const upper = log.files.get('tile/1/000.p/2')
    const first = log.files.get('tile/0/000')
    let row = Array.from(
      { length: tileWidth },
      (_, i) => first?.subarray(i * 32, i * 32 + 32) ?? new Uint8Array(),
    )
    while (row.length > 1) {
      row = Array.from({ length: row.length / 2 }, (_, i) =>
        nodeHash(row[i * 2] ?? new Uint8Array(), row[i * 2 + 1] ?? new Uint8Array()),
      )
    }
    expect(hex([upper?.subarray(0, 32) ?? new Uint8Array()])).toEqual(hex(row))
  })

  it('are those that the size demands, no more and no fewer', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1500 }), (size) => {
        const log = new FileLog()
        log.append(entries(size))
        const expected = tilesOfSize(size).flatMap(({ level, full, partial }) => [
          ...Array.from({ length: full }, (_, index) => tilePath({ level, index, width: tileWidth })),
          ...(partial === 0 ? [] : [tilePath({ level, index: full, width: partial })]),
        ])
        expect([...log.files.keys()].toSorted()).toEqual(expected.toSorted())
      }),
      runs,
    )
  })

  it('that are too short or gone are errors and never wrong proofs', () => {
    const log = new FileLog()
    log.append(entries(300))
    const short = tileHashReader(300, (tile) => log.files.get(tilePath(tile))?.subarray(0, 32))
    const gone = tileHashReader(300, (tile) => (tile.index === 0 ? undefined : log.files.get(tilePath(tile))))
    for (const read of [short, gone]) {
      expect(() => inclusionProof(read, 299, 300)).toThrow('missing or has another length')
    }
    // A reader that believes in a larger log than there is.
    expect(() => treeRoot(log.reader(400), 400)).toThrow('missing or has another length')
  })

  it('have no level above the highest', () => {
    expect(parseTilePath(tilePath({ level: maxTileLevel, index: 0, width: 1 }))).toEqual({
      level: 7,
      index: 0,
      width: 1,
    })
    expect(() => tilePath({ level: maxTileLevel + 1, index: 0, width: 1 })).toThrow('no tile')
  })

  it('are handed out once', () => {
    const tree = new TileTree()
    for (const entry of entries(256)) tree.append(leafHash(entry))
    expect(tree.takeFullTiles()).toHaveLength(1)
    expect(tree.takeFullTiles()).toEqual([])
    expect(tree.partialTiles().map(tilePath)).toEqual(['tile/1/000.p/1'])
  })
})
