import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { formatGoDuration, maxDurationMs, parseGoDuration } from './go-duration.ts'

describe('durations in the form of Go', () => {
  it.each([
    ['4h', 14_400_000],
    ['3h59m58.5s', 14_398_500],
    ['90m', 5_400_000],
    ['250ms', 250],
    ['1d', 86_400_000],
    ['1.5h', 5_400_000],
    ['0s', 0],
  ])('%s is %i ms', (text, ms) => {
    expect(parseGoDuration(text)).toBe(ms)
  })

  it.each(['', '4', 'h', '-1h', '4 h', '1y', '1h1', 'forever', '1h'.repeat(40), '9999999999d'])(
    '%j is none',
    (text) => {
      expect(parseGoDuration(text)).toBeUndefined()
    },
  )

  it('takes ten years and not a second more', () => {
    expect(parseGoDuration('3650d')).toBe(maxDurationMs)
    expect(parseGoDuration('3650d1s')).toBeUndefined()
  })

  it.each([
    [14_398_500, '3h59m58.5s'],
    [14_400_000, '4h0m0s'],
    [61_000, '1m1s'],
    [1, '0.001s'],
    [0, '0s'],
    [-3_600_000, '-1h0m0s'],
    [-0.2, '0s'],
  ])('%i ms is written %s', (ms, text) => {
    expect(formatGoDuration(ms)).toBe(text)
  })

  it('reads what it writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: maxDurationMs }), (ms) => {
        expect(parseGoDuration(formatGoDuration(ms))).toBeCloseTo(ms, 5)
      }),
    )
  })
})
