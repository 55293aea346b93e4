import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalAddress, parseRange } from './address.ts'
import { addressNumber, addressText, numberRange, rangeText } from './address-number.ts'
import { carveRange, maxPieces } from './carve-range.ts'

const range = (text: string) => {
  const parsed = parseRange(text)
  if (parsed === undefined) throw new Error(text)
  return numberRange(parsed)
}
const carve = (text: string, holes: readonly string[]) =>
  carveRange(range(text), holes.map(range))?.map(rangeText)

describe('addresses as numbers', () => {
  it.each([
    ['0.0.0.0', 0n],
    ['1.2.3.4', 16_909_060n],
    ['255.255.255.255', 4_294_967_295n],
    ['::', 0n],
    ['::1', 1n],
    ['2001:db8::', 0x20010db8n << 96n],
    ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', (1n << 128n) - 1n],
  ])('read %s', (text, number) => {
    expect(addressNumber(text)).toBe(number)
  })

  it('are written in the canonical form', () => {
    fc.assert(fc.property(fc.ipV4(), (text) => addressText(addressNumber(text), 'ipv4') === text))
    fc.assert(
      fc.property(fc.bigInt({ min: 1n << 112n, max: (1n << 128n) - 1n }), (value) => {
        const text = addressText(value, 'ipv6')
        return canonicalAddress(text) === text && addressNumber(text) === value
      }),
    )
  })

  it('begin a range at its network, whatever address names it', () => {
    expect(rangeText(range('198.18.0.77/24'))).toBe('198.18.0.0/24')
    expect(rangeText(range('2001:db8::77/32'))).toBe('2001:db8::/32')
    expect(rangeText(range('192.0.2.1'))).toBe('192.0.2.1')
  })
})

describe('a range with holes', () => {
  it.each([
    ['192.0.2.0/24', [], ['192.0.2.0/24']],
    ['192.0.2.0/24', ['192.0.3.0/24', '2001:db8::/32'], ['192.0.2.0/24']],
    ['192.0.2.0/30', ['192.0.2.2'], ['192.0.2.0/31', '192.0.2.3']],
    ['192.0.2.0/30', ['192.0.2.0/31', '192.0.2.3'], ['192.0.2.2']],
    ['192.0.2.0/24', ['192.0.0.0/16'], []],
    ['192.0.2.0/24', ['192.0.2.0/24'], []],
    ['2001:db8::/126', ['2001:db8::1'], ['2001:db8::', '2001:db8::2/127']],
  ])('%s without %j is %j', (text, holes, left) => {
    expect(carve(text, holes)).toEqual(left)
  })

  it('covers every address but the holes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 20 }), (lasts) => {
        const pieces =
          carveRange(
            range('192.0.2.0/24'),
            lasts.map((last) => range(`192.0.2.${last}`)),
          ) ?? []
        for (let last = 0; last < 256; last += 1) {
          const { first } = range(`192.0.2.${last}`)
          const covered = pieces.some((piece) => piece.first <= first && first <= piece.last)
          expect(covered).toBe(!lasts.includes(last))
        }
      }),
    )
  })

  it('is given up when it would fall into too many pieces', () => {
    const every = (count: number): string[] =>
      Array.from({ length: count }, (_, i) => `10.${i >> 7}.${(i & 127) * 2}.0/24`)
    expect(carve('10.0.0.0/8', every(900))?.length).toBeLessThanOrEqual(maxPieces)
    expect(carve('10.0.0.0/8', every(1_200))).toBeUndefined()
  })
})
