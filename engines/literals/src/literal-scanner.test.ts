import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { compileLiterals } from './literal-scanner.ts'

function found(literals: readonly string[], input: string, options = {}, range = {}): string[] {
  const sink = new Uint32Array(Math.ceil(literals.length / 32))
  compileLiterals(literals, options).scan(input, sink, range)
  return literals.filter((_, n) => (((sink[n >> 5] ?? 0) >>> (n & 31)) & 1) === 1)
}

describe('compileLiterals', () => {
  it('finds literals that are suffixes and prefixes of each other', () => {
    expect(found(['she', 'he', 'hers', 'his', 'e'], 'ushers')).toEqual(['she', 'he', 'hers', 'e'])
  })

  it('keeps the case apart unless told otherwise', () => {
    expect(found(['Select'], 'sElEcT')).toEqual([])
    expect(found(['Select'], 'sElEcT', { ignoreCase: true })).toEqual(['Select'])
  })

  it('folds ASCII letters only', () => {
    expect(found(['\xe9'], '\xc9', { ignoreCase: true })).toEqual([])
  })

  it('finds only what is wholly inside the range', () => {
    expect(found(['abc', 'bc'], 'xabcx', {}, { from: 2 })).toEqual(['bc'])
    expect(found(['abc', 'ab'], 'xabcx', {}, { to: 3 })).toEqual(['ab'])
    expect(found(['abc'], 'abc', {}, { from: -5, to: 99 })).toEqual(['abc'])
  })

  it('reports each byte class that occurs', () => {
    const quote = new Uint8Array(256)
    quote[0x27] = 1
    const angle = new Uint8Array(256)
    angle[0x3c] = 1
    const scanner = compileLiterals(['x'], { byteClasses: [quote, angle] })
    expect(scanner.scan("it's", new Uint32Array(1))).toBe(1)
    expect(scanner.scan("<'", new Uint32Array(1))).toBe(3)
    expect(scanner.scan('none', new Uint32Array(1))).toBe(0)
  })

  it('takes 32 byte classes and refuses 33', () => {
    const classes = (count: number): Uint8Array[] =>
      Array.from({ length: count }, () => new Uint8Array(256).fill(1))
    expect(compileLiterals(['x'], { byteClasses: classes(32) }).scan('a', new Uint32Array(1))).toBe(
      0xffffffff,
    )
    expect(() => compileLiterals(['x'], { byteClasses: classes(33) })).toThrow('maxByteClasses')
    expect(() => compileLiterals(['x'], { byteClasses: [new Uint8Array(255)] })).toThrow('256 entries')
  })

  it('matches code units above 255 in string mode and refuses them in bytes mode', () => {
    expect(found(['\u20ac5'], 'costs \u20ac5', { mode: 'string' })).toEqual(['\u20ac5'])
    expect(() => compileLiterals(['\u20ac'])).toThrow('above U+00FF')
  })

  it('refuses an empty literal', () => {
    expect(() => compileLiterals(['a', ''])).toThrow('every input')
  })

  it('holds its limits: one below passes, one above is refused', () => {
    const limits = { maxLiteralLength: 4, maxTableBytes: 5 * 2 * 4 }
    expect(compileLiterals(['aaaa'], { limits }).stateCount).toBe(5)
    expect(() => compileLiterals(['aaaaa'], { limits })).toThrow('maxLiteralLength')
    expect(() => compileLiterals(['aaaa', 'a\x62'], { limits })).toThrow('maxTableBytes')
  })

  it('builds 10,586 literals over 76 characters within 8 MB', () => {
    const digit = (n: number): string => String.fromCharCode(0x21 + (n % 76))
    const literals = Array.from(
      { length: 10_586 },
      (_, n) => `${digit(n)}${digit(n / 76)}${digit(n / 5_776)}`,
    )
    expect(compileLiterals(literals).tableBytes).toBeLessThan(8_388_608)
  })

  it('finds exactly what indexOf finds', () => {
    const small = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'B', '\xe9'), minLength: 1, maxLength: 4 })
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'B', '\xe9', ' '), maxLength: 40 })
    fc.assert(
      fc.property(
        fc.array(small, { minLength: 1, maxLength: 40 }),
        text,
        fc.boolean(),
        (literals, input, ignoreCase) => {
          const fold = (value: string): string =>
            ignoreCase ? value.replace(/[A-Z]/g, (c) => c.toLowerCase()) : value
          const expected = literals.filter((literal) => fold(input).includes(fold(literal)))
          expect(found(literals, input, { ignoreCase })).toEqual(expected)
        },
      ),
      { numRuns: Number(process.env['SEVENFOLD_FUZZ_RUNS'] ?? 500) },
    )
  })

  it('never throws and stays in bounds on any string', () => {
    const scanner = compileLiterals(['ab', 'c'])
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (input) => {
        scanner.scan(input, new Uint32Array(1))
      }),
    )
  })
})
