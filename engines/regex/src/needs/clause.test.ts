import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { clauseCost, codeChance, simplifyClause } from './clause.ts'

const literal = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '<'), minLength: 1, maxLength: 6 })
const clause = fc.array(literal, { minLength: 1, maxLength: 12 })
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '<', ' '), maxLength: 24 })

const fulfils = (one: string, literals: readonly string[]): boolean =>
  literals.some((each) => one.includes(each))

describe('a simplified clause', () => {
  it('is fulfilled by the same texts', () => {
    fc.assert(
      fc.property(clause, text, (literals, one) => {
        expect(fulfils(one, simplifyClause(literals))).toBe(fulfils(one, literals))
      }),
    )
  })

  it('is sorted, holds nothing twice and nothing that contains another of its literals', () => {
    fc.assert(
      fc.property(clause, (literals) => {
        const simple = simplifyClause(literals)
        expect([...simple]).toEqual([...new Set(simple)].toSorted((a, b) => (a < b ? -1 : 1)))
        for (const one of simple)
          expect(simple.filter((other) => other !== one && one.includes(other))).toEqual([])
        expect(simplifyClause(simple)).toBe(simple)
      }),
    )
  })

  it.each([
    [['foo', 'foobar'], ['foo']],
    [
      ['xfoo', 'foo', 'foox', 'bar'],
      ['bar', 'foo'],
    ],
    [['a', 'a'], ['a']],
    [
      ['ab', 'ba'],
      ['ab', 'ba'],
    ],
    [[], []],
  ])('of %j is %j', (literals, simple) => {
    expect(simplifyClause(literals)).toEqual(simple)
  })

  it('of more than 64 literals only loses what is there twice', () => {
    const many = Array.from({ length: 65 }, (_, n) => `${n}`)
    expect(simplifyClause([...many, ...many])).toHaveLength(65)
    expect(simplifyClause(many.slice(0, 64)).length).toBeLessThan(64)
  })
})

describe('the cost of a clause', () => {
  it('grows with every literal, and shrinks with every character', () => {
    fc.assert(
      fc.property(clause, literal, (literals, one) => {
        expect(clauseCost([...literals, one])).toBeGreaterThanOrEqual(clauseCost([...literals]))
        expect(clauseCost([`${one}<`])).toBeLessThan(clauseCost([one]))
      }),
    )
  })

  it.each([
    [['<script'], ['the']],
    [['union'], ['e']],
    [['SELECT'], ['select']],
    [["'"], ['a']],
    [['xp_cmdshell'], ['or', 'and']],
  ])('of %j is less than that of %j', (telling, common) => {
    expect(clauseCost(telling)).toBeLessThan(clauseCost(common))
  })

  it('knows a chance for every code, also of characters beyond ASCII', () => {
    for (const code of [0, 0x20, 0x61, 0x7f, 0x80, 0xff, 0x20ac, 0x1f600]) {
      expect(codeChance(code)).toBeGreaterThan(0)
      expect(codeChance(code)).toBeLessThan(1)
    }
  })
})
