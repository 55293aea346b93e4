import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { editDistance, nearest } from './nearest.ts'

describe('editDistance', () => {
  const cases: readonly (readonly [string, string, number])[] = [
    ['', '', 0],
    ['hosts', 'hosts', 0],
    ['hots', 'hosts', 1],
    ['hsots', 'hosts', 1],
    ['upstrem', 'upstream', 1],
    ['kitten', 'sitting', 3],
    ['abc', '', 3],
  ]
  for (const [left, right, distance] of cases) {
    it(`is ${distance} between "${left}" and "${right}"`, () => {
      expect(editDistance(left, right, 9)).toBe(distance)
      expect(editDistance(right, left, 9)).toBe(distance)
    })
  }

  it('is zero only for equal words and never over the limit plus one', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), fc.string({ maxLength: 20 }), (left, right) => {
        const distance = editDistance(left, right, 3)
        expect(distance === 0).toBe(left === right)
        expect(distance).toBeLessThanOrEqual(4)
      }),
      { seed: 7 },
    )
  })
})

describe('nearest', () => {
  it('finds the word that was meant', () => {
    expect(nearest('trustedproxy', ['trustedProxies', 'upstream'])).toBe('trustedProxies')
    expect(nearest('Listen', ['listen'])).toBe('listen')
  })

  it('proposes nothing for a word that is like none', () => {
    expect(nearest('zebra', ['listen', 'hosts'])).toBeUndefined()
    expect(nearest('x', ['listen'])).toBeUndefined()
  })
})
