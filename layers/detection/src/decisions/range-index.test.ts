import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseRange } from '../authority/address.ts'
import { numberRange } from '../authority/address-number.ts'
import { RangeIndex } from './range-index.ts'

const range = (text: string) => {
  const parsed = parseRange(text)
  if (parsed === undefined) throw new Error(text)
  return numberRange(parsed)
}

describe('the index of ranges', () => {
  it('finds every range around an address or a range, of its own family only', () => {
    const index = new RangeIndex<string>()
    for (const text of ['192.0.0.0/16', '192.0.2.0/24', '192.0.2.0/25', '2001:db8::/32', '0.0.0.0/0'])
      index.add(range(text), text)
    expect(index.around(range('192.0.2.200')).toSorted()).toEqual([
      '0.0.0.0/0',
      '192.0.0.0/16',
      '192.0.2.0/24',
    ])
    expect(index.around(range('192.0.2.0/25'))).toContain('192.0.2.0/25')
    expect(index.around(range('192.0.2.0/25'))).not.toContain('192.0.2.0/26')
    expect(index.around(range('2001:db8::7'))).toEqual(['2001:db8::/32'])
  })

  it('forgets what is taken out, and only that', () => {
    const index = new RangeIndex<number>()
    index.add(range('192.0.2.0/24'), 1)
    index.add(range('192.0.2.0/24'), 2)
    index.delete(range('192.0.2.0/24'), 1)
    index.delete(range('192.0.3.0/24'), 7)
    expect(index.around(range('192.0.2.1'))).toEqual([2])
    index.delete(range('192.0.2.0/24'), 2)
    expect(index.around(range('192.0.2.1'))).toEqual([])
  })

  it('agrees with looking at every range', () => {
    const cidr = fc
      .tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 }))
      .map(([address, prefix]) => `${address}/${prefix}`)
    fc.assert(
      fc.property(fc.array(cidr, { maxLength: 30 }), fc.ipV4(), (texts, address) => {
        const index = new RangeIndex<number>()
        texts.forEach((text, i) => index.add(range(text), i))
        const asked = range(address)
        const slow = texts.flatMap((text, i) => {
          const { first, last } = range(text)
          return first <= asked.first && asked.last <= last ? [i] : []
        })
        expect(index.around(asked).toSorted((a, b) => a - b)).toEqual(slow)
      }),
    )
  })
})
