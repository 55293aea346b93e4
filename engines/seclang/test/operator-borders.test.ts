import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OperatorContext } from '../src/operators/operator.ts'
import { operators } from '../src/operators/registry.ts'

const context: OperatorContext = {
  regex: { multiline: false },
  from: 'test.conf',
  readDataFile: () => '',
}

function matches(name: string, param: string, input: string): boolean {
  const operator = operators.get(name.toLowerCase())
  if (operator === undefined) throw new Error(`no operator ${name}`)
  return operator.compile(param, context).match(input, null)
}

const ipv4 = (address: number): string => [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.')
const ipv6 = (address: bigint): string =>
  Array.from({ length: 8 }, (_, group) =>
    ((address >> BigInt(112 - 16 * group)) & 0xffffn).toString(16),
  ).join(':')

describe('the border of a network', () => {
  const base = 0xc0_a8_5a_a5 // 192.168.90.165

  it.each(Array.from({ length: 33 }, (_, prefix) => prefix))(
    'IPv4 /%i: last address inside, first outside',
    (prefix) => {
      const size = 2 ** (32 - prefix)
      const first = Math.floor(base / size) * size
      const network = `${ipv4(base)}/${prefix}`
      expect([
        matches('ipMatch', network, ipv4(first)),
        matches('ipMatch', network, ipv4(first + size - 1)),
      ]).toEqual([true, true])
      if (first > 0) expect(matches('ipMatch', network, ipv4(first - 1))).toBe(false)
      if (first + size < 2 ** 32) expect(matches('ipMatch', network, ipv4(first + size))).toBe(false)
    },
  )

  it.each([0, 1, 15, 16, 17, 31, 32, 33, 47, 48, 63, 64, 65, 95, 96, 97, 127, 128])(
    'IPv6 /%i: last address inside, first outside',
    (prefix) => {
      const address = 0x2001_0db8_5a5a_a5a5_5a5a_a5a5_5a5a_a5a5n
      const size = 1n << BigInt(128 - prefix)
      const first = (address / size) * size
      const network = `${ipv6(address)}/${prefix}`
      expect([
        matches('ipMatch', network, ipv6(first)),
        matches('ipMatch', network, ipv6(first + size - 1n)),
      ]).toEqual([true, true])
      if (first > 0n) expect(matches('ipMatch', network, ipv6(first - 1n))).toBe(false)
      if (first + size < 1n << 128n) expect(matches('ipMatch', network, ipv6(first + size))).toBe(false)
    },
  )

  it.each([
    '10.0.0.0/33',
    '::1/129',
    '10.0.0.0/-1',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0',
    '1.2.3.256',
    'g::',
    '',
  ])('%j is no network, or one that holds nothing', (network) => {
    if (network === '') expect(matches('ipMatch', network, '10.0.0.1')).toBe(false)
    else expect(() => matches('ipMatch', network, '10.0.0.1')).toThrow(/no (?:IP address|prefix length)/)
  })
})

describe('comparisons of numbers', () => {
  const pairs: readonly (readonly [name: string, holds: (value: number, bound: number) => boolean])[] = [
    ['eq', (value, bound) => value === bound],
    ['ge', (value, bound) => value >= bound],
    ['gt', (value, bound) => value > bound],
    ['le', (value, bound) => value <= bound],
    ['lt', (value, bound) => value < bound],
  ]

  it.each(pairs)('@%s is right just below, at and just above every bound', (name, holds) => {
    for (const bound of [-2_147_483_648, -1, 0, 1, 9, 10, 255, 65_535, 2_147_483_647, 4_294_967_296])
      for (const value of [bound - 1, bound, bound + 1])
        expect([value, bound, matches(name, String(bound), String(value))]).toEqual([
          value,
          bound,
          holds(value, bound),
        ])
  })

  it.each([
    ['', 0],
    [' 7', 7],
    ['+7', 7],
    ['-7x', -7],
    ['x7', 0],
    ['7.9', 7],
    ['0x10', 0],
    ['1e3', 1],
    ['\t\n 12 13', 12],
    ['--1', 0],
  ])('%j counts as %i', (text, value) => {
    expect(matches('eq', String(value), text)).toBe(true)
    expect(matches('eq', text, String(value))).toBe(true)
  })
})

describe('single bytes', () => {
  it('are inside or outside a range exactly as the numbers say', () => {
    const range = fc.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 255 }))
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 5 }), (ranges) => {
        const ordered = ranges.map(([a, b]): [number, number] => (a < b ? [a, b] : [b, a]))
        const param = ordered.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ')
        for (let byte = 0; byte < 256; byte++) {
          const isListed = ordered.some(([from, to]) => byte >= from && byte <= to)
          expect(matches('validateByteRange', param, String.fromCharCode(byte))).toBe(!isListed)
        }
      }),
      { numRuns: 50 },
    )
  })

  it.each(['256', '-1', '5-', '9-5', 'a', '1-2-300x'])('%j is no range', (param) => {
    if (param === '1-2-300x') expect(matches('validateByteRange', param, '\x01')).toBe(false)
    else expect(() => matches('validateByteRange', param, 'x')).toThrow()
  })
})

describe('check digits', () => {
  it('of card numbers: of ten numbers that differ in the last digit exactly one is right', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 999_999_999 }),
        fc.integer({ min: 100_000, max: 999_999 }),
        (left, right) => {
          const start = `${String(left).padStart(9, '0')}${right}`
          const valid = Array.from({ length: 10 }, (_, digit) => `${start}${digit}`).filter((number) =>
            matches('verifyCC', '\\d{16}', number),
          )
          expect(valid).toHaveLength(1)
        },
      ),
      { numRuns: 200 },
    )
  })

  it.each(['4111111111111111', '5500000000000004', '340000000000009'])(
    '%s is a card number, and none with two digits exchanged',
    (number) => {
      const swapped = `${number.slice(0, 1)}${number[2] ?? ''}${number[1] ?? ''}${number.slice(3)}`
      expect(matches('verifyCC', '\\d{13,16}', number)).toBe(true)
      if (swapped !== number) expect(matches('verifyCC', '\\d{13,16}', swapped)).toBe(false)
    },
  )
})
