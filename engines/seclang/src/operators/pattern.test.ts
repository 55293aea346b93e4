import { describe, expect, it } from 'vitest'
import { compilePattern } from './pattern.ts'

describe('compilePattern', () => {
  it('gives the groups of the leftmost match, ten at most', () => {
    const groups: string[] = []
    expect(compilePattern('(b)(c)?', { multiline: false }).find('abd', 0, groups)).toBe(1)
    expect(groups).toEqual(['b', 'b', ''])
    compilePattern('(.)'.repeat(12), { multiline: false }).find('abcdefghijkl', 0, groups)
    expect(groups).toHaveLength(10)
  })

  it('reads $ at line ends only in the dialect of libmodsecurity 3', () => {
    expect(compilePattern('^a$', { multiline: true }).test('b\na\nc')).toBe(true)
    expect(compilePattern('^a$', { multiline: false }).test('b\na\nc')).toBe(false)
  })

  it('takes a literal that must not follow at the very end', () => {
    const pattern = compilePattern('<\\?(?!xml)', { multiline: false })
    expect(['<?php', '<?', '<?x', '<?xm', '<?xml'].map((value) => pattern.test(value))).toEqual([
      true,
      true,
      true,
      true,
      false,
    ])
  })

  it.each(['(?=a)b', '(a)\\1', '(?<!a)b', '[', 'a{2,1}'])('refuses %s', (source) => {
    expect(() => compilePattern(source, { multiline: false })).toThrow(Error)
  })
})
