import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { trieSize } from './trie-size.ts'

describe('trieSize', () => {
  it('counts shared beginnings once', () => {
    expect(trieSize([])).toBe(1)
    expect(trieSize([''])).toBe(1)
    expect(trieSize(['abc', 'abd', 'ab', 'abc'])).toBe(5)
    expect(trieSize(['b', 'ab', 'a'])).toBe(4)
  })

  it('is the number of different beginnings (property)', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\xff'), maxLength: 6 })
    fc.assert(
      fc.property(fc.array(text), (texts) => {
        const beginnings = new Set(
          texts.flatMap((value) => Array.from(value, (_, at) => value.slice(0, at + 1))),
        )
        return trieSize(texts) === beginnings.size + 1
      }),
    )
  })
})
