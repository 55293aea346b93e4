import { describe, expect, it } from 'vitest'
import { stableJa4 } from './stable-ja4.ts'

describe('the stable part of a JA4', () => {
  it('stays when a session is resumed and when the hello is padded', () => {
    const [first, resumed, padded] = [
      't13d1516h2_8daaf6152771_d8a2da3f94cd',
      't13d1517h2_8daaf6152771_b1ff8ab2d16f',
      't13i1515h2_8daaf6152771_02713d6af862',
    ]
    expect(stableJa4(resumed)).toBe(stableJa4(first))
    expect(stableJa4(padded)).toBe(stableJa4(first))
  })
  it('differs between programs and protocols', () => {
    const all = [
      't13d1516h2_8daaf6152771_d8a2da3f94cd',
      't13d3111h2_e8f1e7e78f70_b26ce05bbdd6',
      't12d1516h2_8daaf6152771_d8a2da3f94cd',
      't13d1516h1_8daaf6152771_d8a2da3f94cd',
      'q13d1516h2_8daaf6152771_d8a2da3f94cd',
    ]
    expect(new Set(all.map(stableJa4)).size).toBe(all.length)
  })
  for (const text of ['', 'unknown', 't13d'])
    it(`of ${JSON.stringify(text)} is itself`, () => expect(stableJa4(text)).toBe(text))
})
