import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { compileRegex } from '../src/compile-regex.ts'
import { RegexError } from '../src/error.ts'

import type { Regex, RegexOptions } from '../src/regex.ts'

const runs = { numRuns: Number(process.env['SEVENFOLD_FUZZ_RUNS'] ?? 800), verbose: 1 } as const

/** Pieces of the syntax, whole and broken: what they make together is seldom a pattern, and never harmless to read. */
const token = fc.constantFrom(
  'a',
  'b',
  'Z',
  '0',
  ' ',
  '\n',
  '\xe9',
  '.',
  '^',
  '$',
  '|',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '*',
  '+',
  '?',

  '(?:',
  '(?i)',
  '(?i:',
  '(?-s:',
  '(?x)',
  '(?U)',
  '(?>',
  '(?#',
  '(?<n>',
  '(?P<m>',
  "(?'q'",
  '(?',
  '(?=',
  '(?!',

  '(?<=',
  '(?<!',
  '(?P=n)',
  '(?P>n)',
  '(?R)',
  '(?1)',
  '(?(1)',
  '(?|',
  '(*',
  '[^',
  '[]',
  '[^]',
  '[:',
  ':]',
  '[[:alpha:]]',

  '[[:^digit:]]',
  '[a-',
  '-z]',
  '\\',
  '\\d',
  '\\W',
  '\\s',
  '\\h',
  '\\v',
  '\\R',
  '\\N',
  '\\b',
  '\\B',
  '\\A',
  '\\z',

  '\\Z',
  '\\G',
  '\\K',
  '\\Q',
  '\\E',
  '\\x',
  '\\x4',
  '\\x41',
  '\\x{',
  '\\x{41}',
  '\\0',
  '\\1',
  '\\12',
  '\\377',
  '\\o{',

  '\\o{101}',
  '\\c',
  '\\cA',
  '\\p',
  '\\pL',
  '\\p{Lu}',
  '\\P{',
  '\\g',
  '\\k<n>',
  '{2}',
  '{2,}',
  '{2,3}',
  '{,3}',
  '{3,2}',

  '{1000}',
  '{1001}',
  '{99999999999}',
  '*?',
  '+?',
  '??',
  '*+',
  '++',
  '?+',
  '{2}?',
  '{2}+',
  '#',
  '-',
  ',',
  ':',
  '\ud83d\ude00',
)
const soup = fc.array(token, { maxLength: 14 }).map((tokens) => tokens.join(''))
const anything = fc.oneof(soup, fc.string({ unit: 'binary', maxLength: 20 }), fc.string({ maxLength: 20 }))
const options = fc.record<RegexOptions>({
  mode: fc.constantFrom('bytes', 'string'),
  dialect: fc.constantFrom('pcre', 'go'),
  ignoreCase: fc.boolean(),
  dotAll: fc.boolean(),
  multiline: fc.boolean(),
  dollar: fc.constantFrom('end', 'final-newline'),
})
const input = fc.oneof(
  fc.string({
    unit: fc.constantFrom('a', 'b', 'A', ' ', '\n', '\r', '0', '\xe9', '\u0130', '\ud83d', '\ude00'),
    maxLength: 30,
  }),
  fc.string({ unit: 'binary', maxLength: 30 }),
)

function compiled(pattern: string, how: RegexOptions): Regex | RegexError {
  try {
    return compileRegex(pattern, how)
  } catch (error) {
    if (error instanceof RegexError) return error
    throw error
  }
}

describe('any text as a pattern', { timeout: 300_000 }, () => {
  it('is compiled or refused with a code and an offset inside it, and nothing else happens', () => {
    const seen = new Map<string, number>()
    fc.assert(
      fc.property(anything, options, (pattern, how) => {
        const result = compiled(pattern, how)
        const kind = result instanceof RegexError ? result.code : 'compiled'
        seen.set(kind, (seen.get(kind) ?? 0) + 1)
        if (!(result instanceof RegexError)) {
          expect(result.source).toBe(pattern)
          expect(result.groupNames).toHaveLength(result.groupCount)
          return
        }
        expect(result.offset).toBeGreaterThanOrEqual(0)
        expect(result.offset).toBeLessThanOrEqual(pattern.length)
        expect(result.message).toMatch(/ at offset \d+$/)
        expect(result.hint === undefined || result.hint.length > 5).toBe(true)
      }),
      { ...runs, numRuns: runs.numRuns * 3 },
    )
    expect([...seen.keys()]).toEqual(
      expect.arrayContaining(['compiled', 'REGEX_SYNTAX', 'REGEX_UNSUPPORTED']),
    )
  })

  it('is refused alike a second time', () => {
    fc.assert(
      fc.property(anything, options, (pattern, how) => {
        const [one, two] = [compiled(pattern, how), compiled(pattern, how)]
        if (!(one instanceof RegexError) || !(two instanceof RegexError)) {
          expect(one instanceof RegexError).toBe(two instanceof RegexError)
          return
        }
        expect({ code: two.code, offset: two.offset, message: two.message }).toEqual({
          code: one.code,
          offset: one.offset,
          message: one.message,
        })
      }),
      runs,
    )
  })

  it('that is accepted gives answers that agree with each other, on any input', () => {
    fc.assert(
      fc.property(
        anything,
        options,
        fc.array(input, { minLength: 1, maxLength: 4 }),
        (pattern, how, inputs) => {
          const regex = compiled(pattern, how)
          if (regex instanceof RegexError) return
          const linear = compileRegex(pattern, { ...how, engine: 'linear' })
          for (const text of inputs) {
            const found = regex.exec(text)
            expect(regex.test(text)).toBe(found !== null)
            expect(linear.exec(text)).toEqual(found)
            const slots = regex.captures(text)
            expect(slots === null ? null : [...slots]).toEqual(found === null ? null : [...found.captures])
            const groups = regex.match(text)
            expect(groups === null).toBe(found === null)
            if (found === null) continue
            expect(found.captures).toHaveLength(2 * regex.groupCount)
            expect(groups?.[0]).toBe(text.slice(found.index, found.end))
            expect(found.end - found.index).toBeGreaterThanOrEqual(regex.minLength)
            for (let slot = 0; slot < found.captures.length; slot += 2) {
              const start = found.captures[slot] ?? -1
              const end = found.captures[slot + 1] ?? -1
              expect(start < 0 ? end === -1 : start <= end && end <= text.length).toBe(true)
            }
          }
        },
      ),
      runs,
    )
  })

  it('that is accepted needs what its matches have', () => {
    fc.assert(
      fc.property(soup, options, fc.array(input, { minLength: 1, maxLength: 4 }), (pattern, how, inputs) => {
        const regex = compiled(pattern, how)
        if (regex instanceof RegexError) return
        const { requiredLiterals, requiredBytes } = regex
        for (const given of inputs) {
          // Bytes are one character each; others are for strings.
          const text = how.mode === 'bytes' ? given.replaceAll(/[^\0-\xff]/g, '\xfe') : given
          const found = regex.exec(text)
          if (found === null) continue
          const match = text
            .slice(found.index, found.end)
            .replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
          for (const clause of requiredLiterals) {
            const folded = clause.map((one) => one.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()))
            expect(folded.some((one) => match.includes(one))).toBe(true)
          }
          if (requiredBytes !== undefined) {
            const units = Array.from({ length: found.end - found.index }, (_, at) =>
              text.charCodeAt(found.index + at),
            )
            expect(units.some((unit) => requiredBytes[unit] === 1)).toBe(true)
          }
        }
      }),
      runs,
    )
  })

  it('that is accepted costs steps in proportion to the input and the pattern', () => {
    fc.assert(
      fc.property(soup, options, input, (pattern, how, text) => {
        const regex = compiled(pattern, { ...how, limits: { maxProgram: 2000 } })
        if (regex instanceof RegexError) return
        const long = text.repeat(20)
        for (const ask of [() => regex.test(long), () => regex.exec(long)]) {
          ask()
          // Each character visits at most every instruction, in each of a handful of passes.
          expect(regex.lastSteps).toBeLessThanOrEqual(8 * (long.length + 1) * 2000)
          ask()
          expect(regex.lastSteps).toBeGreaterThanOrEqual(1)
        }
      }),
      { ...runs, numRuns: Math.ceil(runs.numRuns / 4) },
    )
  })
})
