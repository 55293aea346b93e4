import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { htmlEntityDecode } from './html-entity-decode.ts'
import { createUrlDecodeUni, urlDecodeUni } from './url-decode-uni.ts'

// Padding without escapes makes an input long and does not change what the rest of it decodes to.
const padding = '-'.repeat(600)
const pieces = [
  '%41',
  '%2b',
  '+',
  '%',
  '%u0041',
  '%uff01',
  '%u',
  '%4',
  '&',
  '&lt;',
  '&#65;',
  '&amp',
  '\xe9',
  'a',
  '%%',
]
const piece = fc.constantFrom(...pieces)
const text = fc.array(piece, { maxLength: 40 }).map((parts) => parts.join(''))

describe('transformations of long inputs', () => {
  it('urlDecodeUni decodes a long input as a short one (property)', () => {
    const map = new Int16Array(65_536).fill(-1)
    map[0x41] = 0x5a
    for (const decode of [urlDecodeUni, createUrlDecodeUni(map)]) {
      fc.assert(
        fc.property(text, (value) => {
          const short = decode.apply(`${value}-`)
          return (
            decode.apply(`${value}${padding}`) === short + padding.slice(1) &&
            decode.apply(`${padding}${value}-`) === padding + short
          )
        }),
      )
    }
  })

  it('urlDecodeUni gives an input back as it is when only lone percent signs are in it', () => {
    const input = `${padding}%${padding}%zz%`
    expect(urlDecodeUni.apply(input)).toBe(input)
  })

  it('urlDecodeUni decodes inputs of 511, 512 and 70,000 bytes alike', () => {
    for (const count of [511, 512, 70_000])
      expect(urlDecodeUni.apply(`${'-'.repeat(count - 4)}+%2b`)).toBe(`${'-'.repeat(count - 4)} +`)
  })

  it('htmlEntityDecode passes over ampersands that start no entity', () => {
    expect(htmlEntityDecode.apply('a&b&&#;&lt;&x')).toBe('a&b&&#;<&x')
    expect(htmlEntityDecode.apply('a&b&&#;&x&')).toBe('a&b&&#;&x&')
  })
})
