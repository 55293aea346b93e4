import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseRange } from '../authority/address.ts'
import { addressText, numberRange } from '../authority/address-number.ts'
import { disjointRanges } from './disjoint-ranges.ts'
import type { RangeUntil } from './disjoint-ranges.ts'

function range(text: string, untilMs: number): RangeUntil {
  const parsed = parseRange(text)
  if (parsed === undefined) throw new Error(text)
  return { ...numberRange(parsed), untilMs }
}
const shown = (ranges: readonly RangeUntil[]): string[] =>
  disjointRanges(ranges).map(
    ({ family, first, last, untilMs }) =>
      `${addressText(first, family)}-${addressText(last, family)} ${untilMs}`,
  )

describe('banned ranges without overlap', () => {
  it.each([
    ['', ''],
    ['10.0.0.0/24 5', '10.0.0.0-10.0.0.255 5'],
    ['10.0.0.0/24 5, 10.0.0.0/24 9', '10.0.0.0-10.0.0.255 9'],
    ['10.0.0.0/24 9, 10.0.0.64/26 5', '10.0.0.0-10.0.0.255 9'],
    [
      '10.0.0.0/24 5, 10.0.0.64/26 9',
      '10.0.0.0-10.0.0.63 5, 10.0.0.64-10.0.0.127 9, 10.0.0.128-10.0.0.255 5',
    ],
    [
      '10.0.0.0/24 5, 10.0.0.0/25 9, 10.0.0.0/26 12',
      '10.0.0.0-10.0.0.63 12, 10.0.0.64-10.0.0.127 9, 10.0.0.128-10.0.0.255 5',
    ],
    [
      '2001:db8::/127 1, 0.0.0.0/0 2, 255.255.255.255/32 3',
      '0.0.0.0-255.255.255.254 2, 255.255.255.255-255.255.255.255 3, 2001:db8::-2001:db8::1 1',
    ],
  ])('of %j are %j', (ranges, intervals) => {
    const given = ranges.split(', ').flatMap((text) => {
      const [cidr = '', until = ''] = text.split(' ')
      return cidr === '' ? [] : [range(cidr, Number(until))]
    })
    expect(shown(given).join(', ')).toBe(intervals)
  })

  it('hold each address until the latest end of its ranges, and no other address', () => {
    const one = fc.tuple(fc.nat(255), fc.integer({ min: 24, max: 32 }), fc.integer({ min: 1, max: 5 }))
    fc.assert(
      fc.property(fc.array(one, { maxLength: 12 }), (parts) => {
        const ranges = parts.map(([last, prefix, until]) => range(`10.0.0.${last}/${prefix}`, until))
        const intervals = disjointRanges(ranges)
        const base = range('10.0.0.0/24', 0).first
        for (let i = 0n; i < 256n; i += 1n) {
          const holds = (one: { first: bigint; last: bigint }): boolean =>
            one.first <= base + i && base + i <= one.last
          const expected = Math.max(0, ...ranges.filter(holds).map(({ untilMs }) => untilMs))
          expect(intervals.filter(holds).map(({ untilMs }) => untilMs)).toEqual(
            expected === 0 ? [] : [expected],
          )
        }
      }),
    )
  })
})
