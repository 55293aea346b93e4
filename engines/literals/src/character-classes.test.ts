import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { characterClasses } from './character-classes.ts'

const literals = fc.array(
  fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'Q', '\xff', '\0'), minLength: 1 }),
  {
    maxLength: 12,
  },
)
const used = (list: readonly string[]): readonly string[] => [...new Set(list.join(''))]

describe('classes of characters', () => {
  it('tell all characters of the literals apart, and from all others', () => {
    fc.assert(
      fc.property(literals, (list) => {
        const { classes, count, merged } = characterClasses(list, {})
        const characters = used(list)
        expect(classes).toHaveLength(256)
        expect(new Set(characters.map((one) => classes[one.charCodeAt(0)])).size).toBe(characters.length)
        expect({ count, merged }).toEqual({ count: characters.length + 1, merged: false })
        const others = [...classes].filter((_, unit) => !characters.includes(String.fromCharCode(unit)))
        expect(others.every((one) => one === 0)).toBe(true)
      }),
    )
  })

  it('are at most as many as allowed, the most frequent characters on their own', () => {
    fc.assert(
      fc.property(literals, fc.integer({ min: 3, max: 9 }), (list, maxClasses) => {
        const { classes, count, merged } = characterClasses(list, { maxClasses })
        const characters = used(list)
        expect(count).toBe(Math.min(characters.length + 1, maxClasses))
        expect(merged).toBe(characters.length + 1 > maxClasses)
        for (const one of characters) {
          const number = classes[one.charCodeAt(0)] ?? 0
          expect(number).toBeGreaterThan(0)
          expect(number).toBeLessThan(count)
        }
        const uses = (one: string): number => list.join('').split(one).length - 1
        const shared = characters.filter((one) => merged && classes[one.charCodeAt(0)] === count - 1)
        const alone = characters.filter((one) => !shared.includes(one))
        for (const one of shared)
          for (const other of alone) expect(uses(one)).toBeLessThanOrEqual(uses(other))
      }),
    )
  })

  it.each([1, 2, 3])('are at least three, whatever is allowed: %i', (maxClasses) => {
    expect(characterClasses(['abcdef'], { maxClasses }).count).toBe(3)
  })

  it('of capital letters are those of small ones without case', () => {
    const { classes } = characterClasses(['abz'], { ignoreCase: true })
    for (const [small, capital] of ['aA', 'bB', 'zZ'])
      expect(classes[(capital ?? '').charCodeAt(0)]).toBe(classes[(small ?? '').charCodeAt(0)])
    expect(classes['Y'.charCodeAt(0)]).toBe(0)
    // Signs next to the letters have no other case.
    for (const sign of '@[`{') expect(classes[sign.charCodeAt(0)]).toBe(0)
  })

  it('cover every UTF-16 unit in string mode', () => {
    const { classes, count } = characterClasses(['\u20ac\ud83d', '\uffff'], { mode: 'string' })
    expect(classes).toHaveLength(65_536)
    expect(new Set([0x20ac, 0xd83d, 0xffff].map((unit) => classes[unit])).size).toBe(3)
    expect(count).toBe(4)
  })

  it('of nothing are the one of everything', () => {
    expect(characterClasses([], {})).toMatchObject({ count: 1, merged: false })
  })
})
