import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readPattern } from './pattern.ts'
import { compilePattern } from './text-test.ts'

const matches = (pattern: string, text: string): boolean => compilePattern(readPattern(pattern))(text)

describe('patterns', () => {
  it.each([
    ['abc', 'abc', true],
    ['abc', 'abcd', false],
    ['', '', true],
    ['', 'a', false],
    ['*', '', true],
    ['a*', 'a', true],
    ['*a', 'ba', true],
    ['*b*', 'abc', true],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['a*b*c', 'a--b--c', true],
    ['a*b*c', 'acb', false],
    ['a*a', 'a', false],
    ['*ab*ab*', 'abab', true],
    ['*ab*ab*', 'aab', false],
    ['?*?', 'ab', true],
    ['?*?', 'a', false],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'axb', false],
    ['a\\\\*', 'a\\x', true],
    ['C:\\Windows\\*', 'C:\\Windows*', true],
    ['C:\\Win\\x', 'C:\\Win\\x', true],
    ['\\?', '?', true],
  ])('%j on %j → %s', (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected)
  })

  it('say the same as a regular expression, for any pattern and text of few letters', () => {
    const letters = fc.constantFrom('a', 'b', '*', '?')
    fc.assert(
      fc.property(
        fc.array(letters, { maxLength: 8 }),
        fc.array(fc.constantFrom('a', 'b'), { maxLength: 10 }),
        (pattern, text) => {
          const source = pattern
            .map((letter) => (letter === '*' ? '.*' : letter === '?' ? '.' : letter))
            .join('')
          expect(matches(pattern.join(''), text.join(''))).toBe(
            new RegExp(`^${source}$`, 's').test(text.join('')),
          )
        },
      ),
      { numRuns: 2000 },
    )
  })
})
