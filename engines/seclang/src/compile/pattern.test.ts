import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileSelectorPattern } from './pattern.ts'

const unit = fc.constantFrom('a', 'A', 'b', '_', '-', '4', 'k', 'K', '\xe5', '\n')

describe('compileSelectorPattern', () => {
  it('asks how a name begins as an expression for the same does (property)', () => {
    const beginning = fc
      .string({ unit, minLength: 1, maxLength: 4 })
      .filter((text) => /^[A-Za-z0-9_-]+$/.test(text))
    fc.assert(
      fc.property(beginning, fc.string({ unit, maxLength: 8 }), (start, rest) => {
        const quick = compileSelectorPattern(`^${start}`)
        const plain = compileSelectorPattern(`^(?:${start})`)
        for (const name of [rest, start + rest, start.toUpperCase() + rest, `\n${start}`, start.slice(1)])
          expect(quick(name)).toBe(plain(name))
      }),
      { numRuns: 500 },
    )
  })

  it('searches anywhere in the name, letters in any case', () => {
    const test = compileSelectorPattern('sess(?:ion)?_')
    expect(['SESSION_x', 'my_Sess_id', 'session'].map((name) => test(name))).toEqual([true, true, false])
  })

  it('reads signs as signs of an expression', () => {
    expect(compileSelectorPattern('^a.c')('abc')).toBe(true)
    expect(compileSelectorPattern('^a*$')('')).toBe(true)
    expect(() => compileSelectorPattern('^(')).toThrow(Error)
  })
})
