import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { doOverlap, hasCode, inAnyCase, inverted, pairsOf, rangesOf } from './code-ranges.ts'

const code = fc.integer({ min: 0, max: 0xffff })
const narrow = fc.integer({ min: 0, max: 200 })
const pair = fc.tuple(narrow, narrow).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
const set = fc.array(pair, { maxLength: 6 }).map(rangesOf)

describe('ranges of codes', () => {
  it('are ascending and apart, whatever order they came in', () => {
    expect(
      rangesOf([
        [97, 122],
        [48, 57],
        [58, 60],
        [100, 130],
      ]),
    ).toEqual([48, 60, 97, 130])
    expect(rangesOf([])).toEqual([])
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 6 }), (pairs) => {
        const ranges = rangesOf(pairs)
        return pairsOf(ranges).every(
          ([first, last], i) => first <= last && (i === 0 || first > (ranges[2 * i - 1] ?? 0) + 1),
        )
      }),
    )
  })

  it('hold what one of the pairs holds', () => {
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 6 }), narrow, (pairs, one) => {
        expect(hasCode(rangesOf(pairs), one)).toBe(pairs.some(([first, last]) => one >= first && one <= last))
      }),
    )
    expect(hasCode([48, 57], Number.NaN)).toBe(false)
  })

  it('hold each code either as they are or inverted', () => {
    fc.assert(
      fc.property(set, code, (ranges, one) => hasCode(ranges, one) !== hasCode(inverted(ranges), one)),
    )
    expect(inverted([])).toEqual([0, 0xffff])
    expect(inverted([0, 0xffff])).toEqual([])
    expect(inverted(inverted([10, 10, 13, 13]))).toEqual([10, 10, 13, 13])
  })

  it('hold both cases of a letter of ASCII, and nothing else more', () => {
    expect(inAnyCase([97, 99])).toEqual([65, 67, 97, 99])
    expect(inAnyCase([60, 66])).toEqual([60, 66, 97, 98])
    expect(inAnyCase([48, 57])).toEqual([48, 57])
    expect(inAnyCase([0, 0xffff])).toEqual([0, 0xffff])
  })

  it('overlap when one code is in both', () => {
    fc.assert(
      fc.property(set, set, (one, other) => {
        const isShared = Array.from({ length: 201 }, (_, i) => i).some(
          (at) => hasCode(one, at) && hasCode(other, at),
        )
        expect(doOverlap(one, other)).toBe(isShared)
      }),
    )
  })
})
