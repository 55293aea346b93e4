import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { intersectSet, negateSet, normalizeSet, setHas, setSize, unionSet, type CharSet } from './char-set.ts'
import { foldAscii, foldUnicode } from './fold.ts'

const maxCode = 0x10_ffff
const code = fc.oneof(fc.nat(0x7f), fc.nat(0x2ff), fc.nat(maxCode))
const pairs = fc
  .array(fc.tuple(code, fc.nat(40)), { maxLength: 12 })
  .map((ranges) => ranges.flatMap(([lo, width]) => [lo, Math.min(maxCode, lo + width)]))

function inPairs(list: readonly number[], one: number): boolean {
  for (let i = 0; i < list.length; i += 2) if (one >= (list[i] ?? 0) && one <= (list[i + 1] ?? 0)) return true
  return false
}

/** Codes at and just beyond every end of the ranges: where an error of one would show. */
function corners(...lists: readonly (readonly number[])[]): number[] {
  return lists
    .flat()
    .flatMap((end) => [end - 1, end, end + 1])
    .filter((one) => one >= 0 && one <= maxCode)
}

function isNormal(set: CharSet): boolean {
  for (let i = 0; i < set.length; i += 2) {
    if ((set[i] ?? 0) > (set[i + 1] ?? 0)) return false
    if (i > 0 && (set[i] ?? 0) <= (set[i - 1] ?? 0) + 1) return false
  }
  return set.length % 2 === 0
}

describe('sets of characters', () => {
  it('made from any pairs are sorted, disjoint, not adjacent, and have the same members', () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const set = normalizeSet(list)
        expect(isNormal(set)).toBe(true)
        for (const one of corners(list)) expect(setHas(set, one)).toBe(inPairs(list, one))
      }),
    )
  })

  it('obey the laws of sets', () => {
    fc.assert(
      fc.property(pairs, pairs, (left, right) => {
        const [a, b] = [normalizeSet(left), normalizeSet(right)]
        const [union, both, none] = [unionSet(a, b), intersectSet(a, b), negateSet(a, maxCode)]
        for (const set of [union, both, none]) expect(isNormal(set)).toBe(true)
        for (const one of corners(left, right)) {
          expect(setHas(union, one)).toBe(setHas(a, one) || setHas(b, one))
          expect(setHas(both, one)).toBe(setHas(a, one) && setHas(b, one))
          expect(setHas(none, one)).toBe(!setHas(a, one))
        }
        expect(setSize(a) + setSize(b)).toBe(setSize(union) + setSize(both))
        expect(setSize(a) + setSize(none)).toBe(maxCode + 1)
      }),
    )
  })

  it('folded in ASCII gain exactly the other case of their letters', () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const set = normalizeSet(list)
        const folded = foldAscii(set)
        expect(isNormal(folded)).toBe(true)
        for (const one of [...corners(list), ...Array.from({ length: 128 }, (_, n) => n)]) {
          const twin = /[A-Za-z]/.test(String.fromCodePoint(one)) ? one ^ 0x20 : one
          expect(setHas(folded, one)).toBe(setHas(set, one) || setHas(set, twin))
        }
      }),
    )
  })

  it('folded in Unicode match what JavaScript matches without case', () => {
    const letters = fc.constantFrom(...'aZkKsS\u017f\u212aéÉßẞÿŸσςΣжЖǅǆdž')
    fc.assert(
      fc.property(letters, letters, (member, other) => {
        const one = member.codePointAt(0) ?? 0
        const asked = other.codePointAt(0) ?? 0
        const matches = new RegExp(`^\\u{${one.toString(16)}}$`, 'iu').test(other)
        expect(setHas(foldUnicode([one, one]), asked)).toBe(matches)
      }),
    )
  })
})
