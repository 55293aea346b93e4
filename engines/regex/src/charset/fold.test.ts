import { describe, expect, it } from 'vitest'

import { setHas } from './char-set.ts'
import { foldAscii, foldUnicode } from './fold.ts'

describe('foldAscii', () => {
  it('adds the other case of ASCII letters and of nothing else', () => {
    expect(foldAscii([0x61, 0x63])).toEqual([0x41, 0x43, 0x61, 0x63])
    expect(foldAscii([0xe9, 0xe9])).toEqual([0xe9, 0xe9])
    expect(foldAscii([0x40, 0x40, 0x5b, 0x5b])).toEqual([0x40, 0x40, 0x5b, 0x5b])
  })
})

describe('foldUnicode', () => {
  const orbits: readonly (readonly [string, string])[] = [
    ['k', 'Kk\u212a'],
    ['S', 'Ss\u017f'],
    ['é', 'Éé'],
    ['σ', 'Σσς'],
    ['ß', 'ßẞ'],
    ['ǆ', 'Ǆǅǆ'],
    ['µ', 'µΜμ'],
    ['θ', 'Θθϑϴ'],
    ['\u{10428}', '\u{10400}\u{10428}'],
    ['ı', 'ı'],
    ['İ', 'İ'],
  ]
  it.each(orbits)('folds %s with exactly %s', (letter, all) => {
    const code = letter.codePointAt(0) ?? 0
    const set = foldUnicode([code, code])
    const expected = Array.from(all, (one) => one.codePointAt(0) ?? 0).sort((a, b) => a - b)
    expect(expected.every((one) => setHas(set, one))).toBe(true)
    expect(set.length / 2).toBeLessThanOrEqual(expected.length)
  })

  it('agrees with the iu matching of V8 over the basic plane', () => {
    for (const code of [0x41, 0x73, 0xe5, 0x3c9, 0x1e9e, 0x10d0, 0x13a0, 0x2160, 0x24b6, 0xab70, 0xff21]) {
      const native = new RegExp(`^\\u{${code.toString(16)}}$`, 'iu')
      const set = foldUnicode([code, code])
      for (let other = 0; other <= 0xffff; other++) {
        if (native.test(String.fromCharCode(other)) !== setHas(set, other))
          expect({ code, other }).toBe('the same')
      }
    }
  })
})
