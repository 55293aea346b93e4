import { describe, expect, it } from 'vitest'
import { decodeEntities } from './decode-entities.ts'

describe('decodeEntities', () => {
  it.each([
    ['a &lt; b', 'a < b'],
    ['&#40;&#x29;', '()'],
    ['&#60', '<'],
    ['&quot;&apos;', '"\''],
    ['&unknown;', '&unknown;'],
    ['&#1114112;', '&#1114112;'],
    ['AT&T', 'AT&T'],
  ])('makes %s to %s', (text, decoded) => {
    expect(decodeEntities(text)).toBe(decoded)
  })
})
