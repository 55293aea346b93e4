import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { intersectSet, negateSet, normalizeSet, setHas, setSize, unionSet } from './char-set.ts'

const max = 40
const pairs = fc
  .array(fc.tuple(fc.integer({ min: 0, max }), fc.integer({ min: 0, max: 5 })), { maxLength: 6 })
  .map((list) => list.flatMap(([low, more]) => [low, Math.min(max, low + more)]))

function members(has: (code: number) => boolean): number[] {
  return Array.from({ length: max + 1 }, (_, code) => code).filter(has)
}

describe('character sets', () => {
  it('merge ranges that touch or overlap', () => {
    expect(normalizeSet([5, 6, 1, 2, 3, 4, 9, 9])).toEqual([1, 6, 9, 9])
  })

  it('are complemented up to the largest code', () => {
    expect(negateSet([], 0xff)).toEqual([0, 0xff])
    expect(negateSet([0, 0xff], 0xff)).toEqual([])
    expect(negateSet([10, 20], 0xff)).toEqual([0, 9, 21, 0xff])
  })

  it('obey the laws of sets', () => {
    fc.assert(
      fc.property(pairs, pairs, (first, second) => {
        const a = normalizeSet(first)
        const b = normalizeSet(second)
        expect(members((code) => setHas(unionSet(a, b), code))).toEqual(
          members((code) => setHas(a, code) || setHas(b, code)),
        )
        expect(members((code) => setHas(intersectSet(a, b), code))).toEqual(
          members((code) => setHas(a, code) && setHas(b, code)),
        )
        expect(members((code) => setHas(negateSet(a, max), code))).toEqual(
          members((code) => !setHas(a, code)),
        )
        expect(setSize(a)).toBe(members((code) => setHas(a, code)).length)
      }),
    )
  })
})
