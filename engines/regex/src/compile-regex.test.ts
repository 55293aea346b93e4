import { describe, expect, it } from 'vitest'

import { compileRegex } from './compile-regex.ts'
import { RegexError, type RegexErrorCode } from './error.ts'
import { CacheBudget } from './linear/cache-budget.ts'

import type { RegexOptions } from './regex.ts'

type Case = readonly [
  pattern: string,
  input: string,
  match: readonly (string | undefined)[] | null,
  options?: RegexOptions,
]

const go: RegexOptions = { mode: 'string' }

/** What PCRE (bytes mode) and Go (string mode) answer, from their manuals. */
const cases: readonly Case[] = [
  ['', '', ['']],
  ['a|ab', 'ab', ['a']],
  ['(a+?)(a*)', 'aaa', ['aaa', 'a', 'aa']],
  ['(?i)select', 'SeLeCt', ['SeLeCt']],
  ['x(?i)y|z', 'Z', ['Z']],
  ['x(?i:y)z', 'xYz', ['xYz']],
  ['x(?i:y)z', 'xYZ', null],
  ['(?i)a(?-i:b)c', 'AbC', ['AbC']],
  ['(?i)a(?-i:b)c', 'ABC', null],
  ['(?i)\xe9', '\xc9', null],
  ['(?i)é', 'É', ['É'], go],
  ['(?i)[^k]', '\u212a', null, go],
  ['a.b', 'a\nb', null],
  ['(?s)a.b', 'a\nb', ['a\nb']],
  ['(?s-s:a.b)', 'a\nb', null],
  ['a$', 'a\n', null],
  ['a$', 'a\n', ['a'], { dollar: 'final-newline' }],
  ['a\\Z', 'a\n', ['a']],
  ['a\\Z', 'a\n\n', null],
  ['a\\z', 'a\n', null],
  ['(?m)^b$', 'a\nb\nc', ['b']],
  ['(?m)a$', 'a\rb', null],
  ['^b', 'a\nb', ['b'], { multiline: true }],
  ['\\Ab', 'a\nb', null, { multiline: true }],
  ['[]a]+', ']a', [']a']],
  ['[^]a]', ']b', ['b']],
  ['[a-c-e]+', 'b-e', ['b-e']],
  ['[\\d-x]+', '1-x', ['1-x']],
  ['[[:alpha:][:digit:]_]+', '.aZ0_.', ['aZ0_']],
  ['[[:^space:]]+', ' ab ', ['ab']],
  ['[\\b]', '\b', ['\b']],
  ['\\Q.*\\E+', '.**', ['.**']],
  ['[\\Q]-\\E]+', ']-', [']-']],
  ['\\x41\\x{42}\\103', 'ABC', ['ABC']],
  ['\\x{e3}\\x{82}', '\xe3\x82', ['\xe3\x82']],
  ['\\cA\\e\\a\\f', '\x01\x1b\x07\x0c', ['\x01\x1b\x07\x0c']],
  ['\\o{101}', 'A', ['A']],
  ['\\h+', 'a \t\xa0', [' \t\xa0']],
  ['\\s+', '\x0b\xa0', ['\x0b']],
  ['\\s+', '\x0b', null, go],
  ['\\v', '\x85', ['\x85']],
  ['\\v', '\x0b', ['\x0b'], go],
  ['a\\Rb', 'a\r\nb', ['a\r\nb']],
  ['a\\Rb', 'a\x85b', ['a\x85b']],
  ['\\N+', 'ab\nc', ['ab']],
  ['\\bfoo\\b', 'a foo.', ['foo']],
  ['\\bfoo\\b', '\xe9foo', ['foo']],
  ['\\Bo', 'foo', ['o']],
  ['\\w', '\xe9', null],
  ['(?P<year>\\d+)-(?<month>\\d+)', '2026-11', ['2026-11', '2026', '11']],
  ["(?'q'a)", 'a', ['a', 'a']],
  ['a{2}', 'aaa', ['aa']],
  ['a{,2}', 'a{,2}', ['a{,2}']],
  ['a{1', 'a{1', ['a{1']],
  ['x{0}y', 'y', ['y']],
  ['(a)|b', 'b', ['b', undefined]],
  ['(?:(a)|b)*', 'ab', ['ab', 'a']],
  ['(a*)*', 'b', ['', '']],
  ['(?:a|)*b', 'aab', ['aab']],
  ['a++b', 'aab', ['aab']],
  ['[^"]*+"', 'ab"', ['ab"']],
  ['(?>ab|a)c', 'abc', ['abc']],
  ['(?>a*?)b', 'aab', ['b']],
  ['(?x) a  b # comment', 'ab', ['ab']],
  ['a(?#note)b', 'ab', ['ab']],
  ['(?U)a+', 'aaa', ['a']],
  ['(?U)a+?', 'aaa', ['aaa']],
  ['(?^:A)', 'a', null, { ignoreCase: true }],
  ['\\pL+', 'aé1', ['aé'], go],
  ['\\p{Greek}', 'aλ', ['λ'], go],
  ['\\P{^Lu}', 'aB', ['B'], go],
  ['.', '\u{1f600}', ['\u{1f600}'], go],
  ['[\u{1f600}-\u{1f64f}]', 'a\u{1f610}', ['\u{1f610}'], go],
  ['\\_\\-\\/\\"', '_-/"', ['_-/"']],
]

describe('compileRegex', () => {
  it.each(cases.map(([pattern, input, expected, options]) => ({ pattern, input, expected, options })))(
    '$pattern on $input gives $expected',
    ({ pattern, input, expected, options }) => {
      for (const engine of ['auto', 'linear'] as const) {
        const regex = compileRegex(pattern, { ...options, engine })
        expect(regex.match(input)).toEqual(expected)
        expect(regex.test(input)).toBe(expected !== null)
      }
    },
  )

  const refusals: readonly (readonly [string, RegexErrorCode, number, RegexOptions?])[] = [
    ['a(?=b)', 'REGEX_UNSUPPORTED', 1],
    ['a(?!b)', 'REGEX_UNSUPPORTED', 1],
    ['(?<=a)b', 'REGEX_UNSUPPORTED', 0],
    ['(?<!a)b', 'REGEX_UNSUPPORTED', 0],
    ['(a)\\1', 'REGEX_UNSUPPORTED', 3],
    ['(?<n>a)\\k<n>', 'REGEX_UNSUPPORTED', 7],
    ['(a)(?1)', 'REGEX_UNSUPPORTED', 3],
    ['(?R)', 'REGEX_UNSUPPORTED', 0],
    ['(?(1)a|b)', 'REGEX_UNSUPPORTED', 0],
    ['(?|a|b)', 'REGEX_UNSUPPORTED', 0],
    ['a(*SKIP)b', 'REGEX_UNSUPPORTED', 1],
    ['a\\Kb', 'REGEX_UNSUPPORTED', 1],
    ['a++\\b', 'REGEX_UNSUPPORTED', 1],
    ['(?>a|ab)c', 'REGEX_UNSUPPORTED', 0],
    ['\\p{Nope}', 'REGEX_SYNTAX', 0],
    ['\\C', 'REGEX_UNSUPPORTED', 0, go],
    ['ab(c', 'REGEX_SYNTAX', 2],
    ['ab)c', 'REGEX_SYNTAX', 2],
    ['a[bc', 'REGEX_SYNTAX', 1],
    ['[z-a]', 'REGEX_SYNTAX', 2],
    ['a-[a-\\d]', 'REGEX_SYNTAX', 4, go],
    ['[[:foo:]]', 'REGEX_SYNTAX', 1],
    ['*a', 'REGEX_SYNTAX', 0],
    ['a|+', 'REGEX_SYNTAX', 2],
    ['a**', 'REGEX_SYNTAX', 2],
    ['a{3,2}', 'REGEX_SYNTAX', 1],
    ['a\\', 'REGEX_SYNTAX', 1],
    ['a\\y', 'REGEX_SYNTAX', 1],
    ['\\x{zz}', 'REGEX_SYNTAX', 0],
    ['\\x{100}', 'REGEX_SYNTAX', 0],
    ['a\u20ac', 'REGEX_SYNTAX', 1],
    ['(?<1a>b)', 'REGEX_SYNTAX', 2],
    ['(?<a>b)(?<a>c)', 'REGEX_SYNTAX', 7],
    ['(?q)a', 'REGEX_SYNTAX', 0],
    ['(?i-)a', 'REGEX_SYNTAX', 0],
    ['(?#a', 'REGEX_SYNTAX', 0],
    ['a++', 'REGEX_SYNTAX', 2, go],
    ['\\p{Nope}', 'REGEX_SYNTAX', 0, go],
  ]
  it.each(refusals.map(([pattern, code, offset, options]) => ({ pattern, code, offset, options })))(
    'refuses $pattern with $code at $offset',
    ({ pattern, code, offset, options }) => {
      let caught: unknown
      try {
        compileRegex(pattern, options)
      } catch (error) {
        caught = error
      }
      expect(caught).toBeInstanceOf(RegexError)
      expect(caught).toMatchObject({ code, offset })
    },
  )

  it('says what to write instead of lookahead', () => {
    expect(() => compileRegex('a(?=b)')).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('split') }),
    )
  })

  it('names groups by number', () => {
    const regex = compileRegex('(a)(?<b>b)(?:c)(?P<d>d)')
    expect(regex.groupNames).toEqual([undefined, undefined, 'b', 'd'])
    expect(regex.groupCount).toBe(4)
  })

  it('finds the first match from an offset, with the context before it', () => {
    for (const engine of ['auto', 'linear'] as const) {
      const regex = compileRegex('\\bb', { engine })
      expect(regex.exec('ab b', 1)?.index).toBe(3)
      expect(compileRegex('^b', { engine }).exec('ab', 1)).toBeNull()
      expect(regex.exec('b', 5)).toBeNull()
      expect(regex.exec('b', Number.NaN)).toBeNull()
    }
  })

  it('gives offsets of all groups', () => {
    expect([...(compileRegex('x(a)|x(b)').exec('  xb')?.captures ?? [])]).toEqual([2, 4, -1, -1, 3, 4])
  })

  it('counts work in proportion to the input', () => {
    const regex = compileRegex('a.*b.*c')
    regex.test('a'.repeat(1_000))
    regex.test('a'.repeat(1_000))
    expect(regex.lastSteps).toBeGreaterThanOrEqual(1_000)
    expect(regex.lastSteps).toBeLessThan(1_100)
    regex.test('')
    expect(regex.lastSteps).toBe(1)
  })

  it('uses V8 only for patterns that were proven safe there', () => {
    expect(compileRegex('^foo(bar)?$').engine).toBe('v8')
    expect(compileRegex('(a+)+$').engine).toBe('linear')
    expect(compileRegex('^foo(bar)?$', { engine: 'linear' }).engine).toBe('linear')
  })

  it('answers classic exponential and quadratic patterns at once', () => {
    const input = `${'a'.repeat(20_000)}!`
    for (const pattern of ['^(a+)+$', '(a|aa)+$', '(?:a*)*b', 'a*a*a*a*b', 'x*y', '(.*)(.*)(.*)[^a!]']) {
      const regex = compileRegex(pattern)
      expect(regex.test(input)).toBe(false)
      expect(regex.exec(input)).toBeNull()
      expect(regex.lastSteps).toBeLessThan(20 * input.length)
    }
  })

  it('shares memory between patterns and stays right when it runs out', () => {
    const cache = new CacheBudget(2_048)
    const regexes = ['a.{0,6}b', 'b.{0,6}c', 'c.{0,6}d'].map((source) =>
      compileRegex(source, { cache, engine: 'linear' }),
    )
    const input = 'abcd'.repeat(50) + 'a123456789c'
    for (let round = 0; round < 5; round++) {
      for (const regex of regexes) expect(regex.exec(input)?.index).toBe(regex.source.charCodeAt(0) - 0x61)
    }
    expect(cache.epoch).toBeGreaterThan(0)
    expect(cache.usedBytes).toBeLessThanOrEqual(cache.limitBytes * 8)
  })
})

describe('hostile patterns', () => {
  const shapes: readonly (readonly [string, string])[] = [
    ['a long literal in a group', `(?:${'a'.repeat(60_000)})b`],
    ['many branches', Array.from({ length: 15_000 }, (_, n) => n.toString(36)).join('|')],
    ['many groups of options', '(?:a?)'.repeat(5_000)],
    ['deep nesting', `${'('.repeat(200)}a${')'.repeat(200)}`],
    ['products of optional repeats', '(?:(?:a{0,30}){0,30}){0,20}b'],
    ['a large class repeated', '[^a-c]{1000}x'],
  ]
  it.each(shapes)('%s compiles and matches within bounds', (_, pattern) => {
    const regex = compileRegex(pattern)
    const input = 'a'.repeat(300)
    expect(regex.test(input)).toBe(regex.exec(input) !== null)
    expect(regex.requiredLiterals.length).toBeLessThan(5)
  })
})

describe('limits', () => {
  const limited: readonly (readonly [name: string, below: string, above: string, options: RegexOptions])[] = [
    ['maxPatternLength', 'abc', 'abcd', { limits: { maxPatternLength: 3 } }],
    ['maxNesting', '((a))', '(((a)))', { limits: { maxNesting: 2 } }],
    ['maxRepeat', 'a{10}', 'a{11}', { limits: { maxRepeat: 10 } }],
    ['maxGroups', '(a)(b)', '(a)(b)(c)', { limits: { maxGroups: 2 } }],
    ['maxProgram', 'a{9}', 'a{10}', { limits: { maxProgram: 10 } }],
  ]
  it.each(limited)('%s passes %j and refuses %j', (name, below, above, options) => {
    expect(compileRegex(below, options).source).toBe(below)
    expect(() => compileRegex(above, options)).toThrow(
      expect.objectContaining({ code: 'REGEX_LIMIT', message: expect.stringContaining(name) }),
    )
  })

  it('hold by default: the largest repeat compiles, the next is refused', () => {
    expect(compileRegex('a{1000}').minLength).toBe(1_000)
    expect(() => compileRegex('a{1001}')).toThrow('maxRepeat')
    expect(() => compileRegex('(?:a{1000}){1000}')).toThrow('maxProgram')
    expect(() => compileRegex('(?:(?:(?:(?:){1000}){1000}){1000}){1000}')).toThrow('maxProgram')
  })
})

describe('forgetting what was only needed to prepare', () => {
  const sources = ['(?i)union\\s+select', '(a|b)+c', '(?>ab|a)c', '[<(]x{2,4}', '^(\\w+)@(\\w+)$']

  it.each(sources)('changes no answer of %j', (source) => {
    const kept = compileRegex(source)
    const early = compileRegex(source)
    early.forget()
    const late = compileRegex(source)
    late.test('something else')
    late.forget()
    for (const regex of [early, late]) {
      expect(regex.requiredLiterals).toEqual(kept.requiredLiterals)
      regex.forget()
      expect(regex.requiredBytes).toEqual(kept.requiredBytes)
      regex.forget()
      expect(regex.engine).toBe(kept.engine)
      for (const input of ['x UNION\tSELECT y', 'abac', 'abc', '(xxx', 'me@home', ''])
        expect(regex.match(input)).toEqual(kept.match(input))
    }
  })
})

describe('captures', () => {
  const patterns = ['(a)(b)?(.*)', '^(\\d+) (?:x|(y))', '(?:([a-f0-9]{1,4}:){7}|(\\w+)) (.*?)!']
  const inputs = ['ab cd', 'b', '12 y', '12 x', 'word and more!', 'no end', '']
  for (const engine of ['auto', 'linear'] as const) {
    for (const pattern of patterns) {
      it(`of ${pattern} are those of exec, ${engine}`, () => {
        const regex = compileRegex(pattern, { mode: 'string', engine })
        const other = compileRegex(pattern, { mode: 'string', engine })
        for (let round = 0; round < 5; round += 1) {
          for (const input of inputs) {
            const found = regex.captures(input)
            expect(found === null ? null : [...found]).toEqual(
              other.exec(input) === null ? null : [...(other.exec(input)?.captures ?? [])],
            )
          }
        }
      })
    }
  }
})
