import { describe, expect, it } from 'vitest'

import { compileRegex } from '../src/compile-regex.ts'
import { RegexError } from '../src/error.ts'
import { defaultLimits, type RegexLimits } from '../src/limits.ts'

import type { RegexOptions } from '../src/regex.ts'

function refusalOf(
  pattern: string,
  options: RegexOptions = {},
): Pick<RegexError, 'code' | 'offset' | 'message'> | null {
  try {
    compileRegex(pattern, options)
    return null
  } catch (error) {
    if (error instanceof RegexError) return error
    throw error
  }
}

/** Patterns by size, in every form that a limit can be met in; where the refusal stands. */
const forms: readonly (readonly [
  keyof RegexLimits,
  string,
  (size: number) => string,
  (size: number) => number,
])[] = [
  ['maxPatternLength', 'letters', (size) => 'a'.repeat(size), () => 0],
  [
    'maxPatternLength',
    'escapes',
    (size) => '\\.'.repeat(size).slice(0, size - (size % 2)) + 'a'.repeat(size % 2),
    () => 0,
  ],
  [
    'maxPatternLength',
    'a class',
    (size) => (size < 3 ? 'a'.repeat(size) : `[${'a'.repeat(size - 2)}]`),
    () => 0,
  ],
  ['maxNesting', 'captures', (size) => '('.repeat(size) + ')'.repeat(size), (size) => size - 1],
  [
    'maxNesting',
    'plain groups',
    (size) => '(?:'.repeat(size) + 'a' + ')'.repeat(size),
    (size) => 3 * (size - 1),
  ],
  [
    'maxNesting',
    'groups with flags',
    (size) => '(?i:'.repeat(size) + 'a' + ')'.repeat(size),
    (size) => 4 * (size - 1),
  ],
  [
    'maxNesting',
    'atomic groups',
    (size) => '(?>'.repeat(size) + 'a' + ')'.repeat(size),
    (size) => 3 * (size - 1),
  ],
  [
    'maxNesting',
    'groups behind others',
    (size) => '(a)'.repeat(3) + '(?:b|'.repeat(size) + ')'.repeat(size),
    (size) => 9 + 5 * (size - 1),
  ],
  ['maxRepeat', 'a count', (size) => `a{${size}}`, () => 1],
  ['maxRepeat', 'an open count', (size) => `ab{${size},}`, () => 2],
  ['maxRepeat', 'an upper count', (size) => `[ab]{0,${size}}`, () => 4],
  ['maxRepeat', 'a lazy count', (size) => `(a){1,${size}}?`, () => 3],
  ['maxRepeat', 'a possessive count', (size) => `a{${size}}+b`, () => 1],
  ['maxGroups', 'captures in a row', (size) => '(a)'.repeat(size), (size) => 3 * (size - 1)],
  ['maxGroups', 'captures in each other', (size) => '('.repeat(size) + ')'.repeat(size), (size) => size - 1],
  [
    'maxGroups',
    'named captures',
    (size) => Array.from({ length: size }, (_, n) => `(?<n${n}>a)`).join(''),
    (size) => Array.from({ length: size - 1 }, (_, n) => `(?<n${n}>a)`).join('').length,
  ],
]

describe.each(forms)('%s, met by %s', (name, _form, make, place) => {
  it.each([1, 2, 7, 30])('takes %i and refuses one more, at the place where it is passed', (limit) => {
    const options: RegexOptions = { limits: { [name]: limit } }
    expect(refusalOf(make(limit), options)).toBeNull()
    const refusal = refusalOf(make(limit + 1), options)
    expect(refusal).toMatchObject({ code: 'REGEX_LIMIT', offset: place(limit + 1) })
    expect(refusal?.message).toContain(name)
    expect(refusal?.message).toContain(`(${limit})`)
  })

  it('holds by default, at its border', () => {
    const limit = defaultLimits[name]
    // A default that another limit would meet first is raised out of the way.
    const limits = {
      ...defaultLimits,
      maxNesting: 2000,
      maxGroups: 2000,
      maxProgram: 1_000_000,
      [name]: limit,
    }
    expect(refusalOf(make(limit), { limits })).toBeNull()
    expect(refusalOf(make(limit + 1), { limits })).toMatchObject({ code: 'REGEX_LIMIT' })
  })
})

describe('maxProgram', () => {
  /** Smallest limit that a pattern passes, by halving. */
  function sizeOf(pattern: string): number {
    let [low, high] = [0, 1_000_000]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (refusalOf(pattern, { limits: { maxProgram: middle } }) === null) high = middle
      else low = middle
    }
    return high
  }

  it.each([
    ['a{N}', 1],
    ['[a-z]{N}', 1],
    ['(?:ab){N}', 2],
    ['(?:a|b){N}', 3],
    ['a{0,N}', 2],
    ['(a){N}', 3],
  ])('of %s grows with the count, by at most a few instructions each', (pattern, least) => {
    const [small, large] = [100, 200].map((count) => sizeOf(pattern.replace('N', String(count))))
    const each = ((large ?? 0) - (small ?? 0)) / 100
    expect(each).toBeGreaterThanOrEqual(least)
    expect(each).toBeLessThanOrEqual(least + 4)
  })

  it.each(['(?:a{10}){10}', '(?:a{2}){50}', '(?:a{4}b?){20}', '(?:(?:a{5}){5}){4}'])(
    'counts the product of nested counts: %s',
    (pattern) => {
      expect(sizeOf(pattern)).toBeGreaterThanOrEqual(100)
      expect(sizeOf(pattern)).toBeLessThan(400)
    },
  )

  it.each([
    '(?:a{1000}){1000}',
    '(?:(?:(?:){1000}){1000}){1000}',
    '(?:(?:a?){1000}){1000}',
    '((a{100}){100}){100}',
  ])('refuses %s before it is written out', (pattern) => {
    expect(refusalOf(pattern)).toMatchObject({
      code: 'REGEX_LIMIT',
      message: expect.stringContaining('maxProgram'),
    })
  })

  it('says what to do', () => {
    expect(() => compileRegex('(?:a{1000}){1000}')).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('counts') }),
    )
  })
})

describe('maxCacheBytes', () => {
  const patterns = ['(?:a|b)*a(?:a|b){8}c', '(\\w+)\\s(\\w+)!', '(?i)[a-f]{2,9}x|y.z', '^(?:a.?b)*$']
  const inputs = ['ab'.repeat(300) + 'c', 'word word!', 'abcdefx', 'axbab', '', 'y-z'.repeat(40)]

  it.each(patterns)('changes no answer of %s, however small it is, and is never an error', (pattern) => {
    const roomy = compileRegex(pattern, { engine: 'linear' })
    for (const maxCacheBytes of [0, 1, 64, 1000, 20_000]) {
      const tight = compileRegex(pattern, { engine: 'linear', limits: { maxCacheBytes } })
      for (const input of [...inputs, ...inputs]) {
        expect(tight.exec(input)).toEqual(roomy.exec(input))
        expect(tight.test(input)).toBe(roomy.test(input))
      }
    }
  })
})

describe('names of groups', () => {
  it.each([1, 63, 64])('may have %i characters', (length) => {
    const name = 'n'.repeat(length)
    expect(compileRegex(`(?<${name}>a)`).groupNames).toEqual([undefined, name])
    expect(compileRegex(`(?P<${name}>a)`, { mode: 'string' }).groupNames).toEqual([undefined, name])
  })

  it('may not have 65', () => {
    expect(refusalOf(`(?<${'n'.repeat(65)}>a)`)).toMatchObject({ code: 'REGEX_SYNTAX', offset: 2 })
  })
})
