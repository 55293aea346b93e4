import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { LiteralSkip } from './literal-skip.ts'

function skip(...clauses: (readonly string[])[]): LiteralSkip {
  const found = LiteralSkip.of(clauses.map((clause) => ({ clauses: [clause] })))
  if (found === undefined) throw new Error('these clauses make a skip')
  return found
}

describe('LiteralSkip', () => {
  const one = skip(['failed password'])
  const rows: readonly (readonly [text: string, can: boolean])[] = [
    ['Failed password for ana', true],
    ['x FAILED PASSWORD', true],
    ['failed passwor', false],
    ['', false],
    ['f', false],
    ['failed  password', false],
    ['ffailed password', true],
    ['failed failed password', true],
    [`${'failed passwor'.repeat(5)}d`, true],
    ['fail\u00e9d password', false],
    // Kelvin sign and long s are no letters of ASCII.
    ['failed pa\u017fsword', false],
    ['\u{1f600}failed password\u{1f600}', true],
  ]
  it.each(rows)('of one literal, on %j: %s', (text, can) => {
    expect(one.canContain(text)).toBe(can)
  })

  it('asks for any literal of several patterns, also of different lengths', () => {
    const several = skip(['failed '], ['invalid user', 'unknown user'], ['connection closed by '])
    expect(
      ['failed x', 'an unknown user', 'Connection closed by ', 'Connection closed', 'failedx'].map((text) =>
        several.canContain(text),
      ),
    ).toEqual([true, true, true, false, false])
  })

  it('asks for all of a literal, also where it is longer than the steps are made by', () => {
    const long = 'a long literal that goes on and on'
    expect(skip([long]).canContain(`here is ${long}`)).toBe(true)
    expect(skip([long]).canContain('here is a long literal that goes away')).toBe(false)
    expect(skip([long], ['short']).canContain('here is a long literal that goes away')).toBe(false)
  })

  it('takes the clause whose shortest literal is longest', () => {
    const found = LiteralSkip.of([{ clauses: [[' from '], ['disconnected', 'closed by'], ['.', ':']] }])
    expect([found?.canContain('x from y'), found?.canContain('was closed by y')]).toEqual([false, true])
  })

  const none: readonly (readonly [why: string, clauses: readonly (readonly string[])[]])[] = [
    ['there are no literals', []],
    ['all literals are short', [['abc'], ['x', 'long enough']]],
    ['the literals have other letters', [['caf\u00e9']]],
    ['a clause is empty', [[]]],
  ]
  it.each(none)('is none where %s', (_why, clauses) => {
    expect(LiteralSkip.of([{ clauses: [['literal']] }, { clauses }])).toBeUndefined()
  })

  it('is none without patterns', () => {
    expect(LiteralSkip.of([])).toBeUndefined()
  })

  it('never misses a literal', () => {
    const letter = fc.constantFrom('a', 'b', 'A', ' ')
    const literal = fc.string({ unit: letter, minLength: 4, maxLength: 9 })
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'B', ' ', '\u00e9'), maxLength: 60 })
    fc.assert(
      fc.property(
        fc.array(literal, { minLength: 1, maxLength: 4 }),
        text,
        fc.nat(60),
        (literals, start, at) => {
          const found = skip(literals)
          const lower = start.toLowerCase()
          const contains = literals.some((wanted) => lower.includes(wanted.toLowerCase()))
          if (contains) expect(found.canContain(start)).toBe(true)
          const put = start.slice(0, at) + (literals[0] ?? '').toUpperCase() + start.slice(at)
          expect(found.canContain(put)).toBe(true)
        },
      ),
      { numRuns: 3_000 },
    )
  })

  it('tells exactly which texts hold a literal', () => {
    const wanted = ['aabb', 'bbaa', 'ababab']
    const found = skip(wanted)
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 30 })
    fc.assert(
      fc.property(text, (start) => {
        expect(found.canContain(start)).toBe(wanted.some((literal) => start.includes(literal)))
      }),
      { numRuns: 2_000 },
    )
  })
})
