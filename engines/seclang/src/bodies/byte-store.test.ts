import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { ByteStore } from './byte-store.ts'

describe('bytes that are made one after the other', () => {
  it('are what was added, as a whole and in part', () => {
    const bytes = fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: 400 })
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 8 }), (pieces) => {
        const store = new ByteStore()
        for (const piece of pieces) {
          const from = store.size
          store.append(piece, 0, piece.length)
          expect(store.slice(from, store.size)).toBe(piece)
          expect(store.toString()).toHaveLength(store.size)
        }
        expect(store.toString()).toBe(pieces.join(''))
      }),
    )
  })

  it('are a part of a text where a part was added', () => {
    const store = new ByteStore()
    store.append('abcdef', 2, 4)
    store.append('abcdef', 5, 5)
    expect(store.toString()).toBe('cd')
  })
})
