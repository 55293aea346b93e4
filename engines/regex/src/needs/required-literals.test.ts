import { describe, expect, it } from 'vitest'

import { compileRegex } from '../compile-regex.ts'

describe('requiredLiterals', () => {
  const cases: readonly (readonly [string, readonly (readonly string[])[]])[] = [
    ['union\\s+select', [['select'], ['union'], [...'\t\n\v\f\r ']]],
    ['(?i)UNION', [['union']]],
    ['foo|bar', [['bar', 'foo']]],
    ['a?bc', [['bc']]],
    ['https?://', [['http://', 'https://']]],
    ['x{3}', [['xxx']]],
    ['(?:ab){2,}', [['abab']]],
    ['[ab]c', [['ac', 'bc']]],
    ['.*', []],
    ['foo|', []],
    ['foo|.*', []],
    ['[a-z]+', []],
    ['(?:foo|foobar)x', [['foobarx', 'foox']]],
  ]
  it.each(cases)('of %j are %j', (pattern, expected) => {
    expect(compileRegex(pattern).requiredLiterals).toEqual(expected)
  })

  it('keep both letters of a folded pair outside ASCII', () => {
    expect(compileRegex('(?i)é', { mode: 'string' }).requiredLiterals).toEqual([['É', 'é']])
  })
})

describe('requiredBytes', () => {
  it('are the rarest set that every match passes through', () => {
    const bytes = compileRegex('[a-z]+[<(]').requiredBytes
    expect(bytes?.[0x3c]).toBe(1)
    expect(bytes?.reduce((sum, one) => sum + one, 0)).toBe(2)
  })

  it('join the sets of branches, and know nothing when one may be empty', () => {
    expect(compileRegex('<|\\(').requiredBytes?.reduce((sum, one) => sum + one, 0)).toBe(2)
    expect(compileRegex('<|x*').requiredBytes).toBeUndefined()
    expect(compileRegex('.').requiredBytes).toBeUndefined()
  })
})
