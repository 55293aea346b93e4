import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { matchesGlob } from './matches-glob.ts'
import { decodePercent, encodePath, encodeQuery } from './percent.ts'

describe('matchesGlob', () => {
  const rows: readonly (readonly [pattern: string, text: string, matches: boolean])[] = [
    ['', '', true],
    ['', 'a', false],
    ['*', '', true],
    ['*', 'anything', true],
    ['?', '', false],
    ['?', 'a', true],
    ['a*', 'abc', true],
    ['a*', 'bac', false],
    ['*c', 'abc', true],
    ['*c', 'abcd', false],
    ['a*c', 'abcbc', true],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['a**c', 'ac', true],
    ['*a*b*', 'xxaxxbxx', true],
    ['*a*b*', 'xxbxxaxx', false],
    ['*.example.org', 'shop.example.org', true],
    ['*.example.org', 'example.org', false],
    ['[a]', 'a', false],
  ]
  it.each(rows)('%j on %j: %s', (pattern, text, matches) => {
    expect(matchesGlob(pattern, text)).toBe(matches)
  })

  it('does what an expression does', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 })
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 })
    fc.assert(
      fc.property(pattern, text, (glob, one) => {
        const source = glob.replaceAll('*', '.*').replaceAll('?', '.')
        expect(matchesGlob(glob, one)).toBe(new RegExp(`^(?:${source})$`, 'u').test(one))
      }),
    )
  })

  it('takes no longer than lengths multiplied, whatever the pattern', () => {
    expect(matchesGlob(`${'*a'.repeat(2_000)}b`, 'a'.repeat(4_000))).toBe(false)
  })
})

describe('percent-encoding', () => {
  const decoded: readonly (readonly [text: string, plus: boolean, value: string | undefined])[] = [
    ['', false, ''],
    ['plain', true, 'plain'],
    ['a%20b', false, 'a b'],
    ['a+b', false, 'a+b'],
    ['a+b', true, 'a b'],
    ['a%2Bb+c', true, 'a+b c'],
    ['%C3%A9', false, '\u00e9'],
    ['%c3%a9', false, '\u00e9'],
    ['%F0%9F%98%80!', false, '\u{1f600}!'],
    ['%FF', false, '\ufffd'],
    ['%2', false, undefined],
    ['%', false, undefined],
    ['%zz', false, undefined],
    ['100%+', true, undefined],
    ['%252e', false, '%2e'],
    ['%00', false, '\0'],
  ]
  it.each(decoded)('%j (plus: %s) is %j', (text, plus, value) => {
    expect(decodePercent(text, plus)).toBe(value)
  })

  const encoded: readonly (readonly [text: string, path: string, query: string])[] = [
    ['a b', 'a%20b', 'a+b'],
    ['a/b?c', 'a%2Fb%3Fc', 'a%2Fb%3Fc'],
    ['$&+=:@', '$&+=:@', '%24%26%2B%3D%3A%40'],
    ['-_.~', '-_.~', '-_.~'],
    ['\u00e9\u{1f600}', '%C3%A9%F0%9F%98%80', '%C3%A9%F0%9F%98%80'],
    ['100%', '100%25', '100%25'],
  ]
  it.each(encoded)('of %j is %j in a path and %j in a query', (text, path, query) => {
    expect([encodePath(text), encodeQuery(text)]).toEqual([path, query])
  })

  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(decodePercent(encodePath(text), false)).toBe(text)
        expect(decodePercent(encodeQuery(text), true)).toBe(text)
      }),
    )
  })
})
