import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { formatGoDuration, parseGoDuration } from './go-duration.ts'

describe('parseGoDuration', () => {
  const rows: readonly (readonly [text: string, nanoseconds: number | undefined])[] = [
    ['0', 0],
    ['0s', 0],
    ['1ns', 1],
    ['1us', 1e3],
    ['1µs', 1e3],
    ['1μs', 1e3],
    ['1ms', 1e6],
    ['1s', 1e9],
    ['1m', 60e9],
    ['1h', 3600e9],
    ['1h30m', 5400e9],
    ['1h1m1s1ms', 3_661_001e6],
    ['-2.5s', -2.5e9],
    ['+10s', 10e9],
    ['.5s', 0.5e9],
    ['1.s', 1e9],
    ['0.3ns', 0],
    ['10', undefined],
    ['s', undefined],
    ['', undefined],
    ['-', undefined],
    ['1 s', undefined],
    [' 1s', undefined],
    ['1s ', undefined],
    ['1d', undefined],
    ['1w', undefined],
    ['--1s', undefined],
    ['.s', undefined],
    ['1e3s', undefined],
    ['9999999999h', undefined],
    [`${'0'.repeat(126)}1s`, 1e9],
    [`${'0'.repeat(127)}1s`, undefined],
  ].map(([text, value]) => [String(text), value === undefined ? undefined : Number(value)])
  it.each(rows)('of %j is %j', (text, nanoseconds) => {
    expect(parseGoDuration(text)).toBe(nanoseconds)
  })

  it('knows days where they are allowed', () => {
    expect([parseGoDuration('2d', true), parseGoDuration('1d12h', true)]).toEqual([172_800e9, 129_600e9])
  })
})

describe('formatGoDuration', () => {
  const rows: readonly (readonly [nanoseconds: number, text: string])[] = [
    [0, '0s'],
    [1, '1ns'],
    [1_100, '1.1µs'],
    [2_200_000, '2.2ms'],
    [3_300_000_000, '3.3s'],
    [60e9, '1m0s'],
    [61.5e9, '1m1.5s'],
    [3600e9, '1h0m0s'],
    [3661e9, '1h1m1s'],
    [86_400e9, '24h0m0s'],
    [-90e9, '-1m30s'],
    [999_999_999, '999.999999ms'],
  ]
  it.each(rows)('of %d is %s', (nanoseconds, text) => {
    expect(formatGoDuration(nanoseconds)).toBe(text)
  })

  it('is read back as the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e15, max: 1e15 }), (nanoseconds) => {
        const read = parseGoDuration(formatGoDuration(nanoseconds)) ?? Number.NaN
        // Fractions go through floating point: a nanosecond may be lost in an hour.
        expect(Math.abs(read - nanoseconds)).toBeLessThanOrEqual(1)
      }),
    )
  })
})
