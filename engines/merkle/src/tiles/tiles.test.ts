import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { decodeEntryBundle, encodeEntryBundle, maxEntryBytes } from './entry-bundle.ts'
import { parseTilePath, tilePath, tilesOfSize } from './tile-path.ts'
import type { TileId } from './tile-path.ts'

const paths: readonly (readonly [string, TileId])[] = [
  ['tile/0/000', { level: 0, index: 0, width: 256 }],
  ['tile/0/999', { level: 0, index: 999, width: 256 }],
  ['tile/0/x001/000', { level: 0, index: 1000, width: 256 }],
  ['tile/0/x001/x234/067', { level: 0, index: 1_234_067, width: 256 }],
  ['tile/1/x001/x234/067.p/8', { level: 1, index: 1_234_067, width: 8 }],
  ['tile/entries/x010/020', { level: 'entries', index: 10_020, width: 256 }],
  ['tile/entries/000.p/255', { level: 'entries', index: 0, width: 255 }],
  ['tile/7/000.p/1', { level: 7, index: 0, width: 1 }],
]

describe('tile paths of C2SP tlog-tiles', () => {
  it.each(paths)('spells %s and reads it back', (path, tile) => {
    expect(tilePath(tile)).toBe(path)
    expect(parseTilePath(path)).toEqual(tile)
  })

  it.each([
    'tile/8/000',
    'tile/0/00',
    'tile/0/x000/001',
    'tile/0/001/002',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/0/../0',
    'tile/-1/000',
    '/tile/0/000',
    'tile/0/000/',
    '',
  ])('does not take %j for a tile', (path) => {
    expect(parseTilePath(path)).toBeUndefined()
  })

  it('reads back what it spells for every index and width', () => {
    fc.assert(
      fc.property(fc.nat(7), fc.nat(2 ** 31), fc.integer({ min: 1, max: 256 }), (level, index, width) => {
        expect(parseTilePath(tilePath({ level, index, width }))).toEqual({ level, index, width })
      }),
    )
  })

  it('refuses coordinates that no log has', () => {
    for (const bad of [
      { level: 8, index: 0, width: 256 },
      { level: 0, index: -1, width: 256 },
      { level: 0, index: 0, width: 0 },
      { level: 0, index: 0, width: 257 },
      { level: 0.5, index: 0, width: 1 },
    ]) {
      expect(() => tilePath(bad)).toThrow('no tile')
    }
  })

  it('counts the tiles of a log', () => {
    expect(tilesOfSize(0)).toEqual([])
    expect(tilesOfSize(70_000)).toEqual([
      { level: 0, full: 273, partial: 112 },
      { level: 1, full: 1, partial: 17 },
      { level: 2, full: 0, partial: 1 },
    ])
  })
})

describe('entry bundles', () => {
  it('gives back the entries it was given', () => {
    const entry = fc.uint8Array({ maxLength: 300 })
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 20 }), (entries) => {
        expect(decodeEntryBundle(encodeEntryBundle(entries))).toEqual(entries)
      }),
    )
  })

  it('writes the length before each entry, high byte first', () => {
    expect([...encodeEntryBundle([Buffer.from('ab'), new Uint8Array(256)]).subarray(0, 6)]).toEqual([
      0, 2, 97, 98, 1, 0,
    ])
  })

  it('holds an entry of 65,535 bytes and refuses one more byte', () => {
    expect(decodeEntryBundle(encodeEntryBundle([new Uint8Array(maxEntryBytes)]))[0]).toHaveLength(65_535)
    expect(() => encodeEntryBundle([new Uint8Array(maxEntryBytes + 1)])).toThrow('at most 65535')
  })

  it('holds 256 entries and refuses none and 257', () => {
    const many = Array.from({ length: 257 }, () => new Uint8Array(1))
    expect(decodeEntryBundle(encodeEntryBundle(many.slice(1)))).toHaveLength(256)
    expect(() => encodeEntryBundle(many)).toThrow('1 to 256')
    expect(() => encodeEntryBundle([])).toThrow('1 to 256')
    const two = encodeEntryBundle(many.slice(1))
    expect(() => decodeEntryBundle(Buffer.concat([two, two]))).toThrow('more than 256')
  })

  it('refuses a bundle that ends within an entry', () => {
    const bundle = encodeEntryBundle([Buffer.from('abc')])
    for (let cut = 1; cut < bundle.length; cut += 1) {
      expect(() => decodeEntryBundle(bundle.subarray(0, cut))).toThrow('within an entry')
    }
  })
})
