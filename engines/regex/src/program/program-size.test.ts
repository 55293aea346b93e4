import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { compileRegex } from '../compile-regex.ts'
import { defaultLimits } from '../limits.ts'
import { parsePattern } from '../syntax/parse-pattern.ts'
import { resolveAtomic } from '../syntax/resolve-atomic.ts'
import { assemble } from './assemble.ts'
import { programSize } from './program-size.ts'

import type { RegexNode } from '../syntax/node.ts'

function treeOf(pattern: string): RegexNode {
  const flags = { ignoreCase: false, dotAll: false, multiline: false, ungreedy: false, extended: false }
  const syntax = { mode: 'bytes', dialect: 'pcre', dollar: 'end', limits: defaultLimits } as const
  return resolveAtomic(parsePattern(pattern, syntax, flags).node)
}

/** Patterns of a few operators, nested. */
const pattern = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('a', '[ab]', '^', '$', '\\b', '(?:)', 'a|b|', '.'),
    fc.tuple(tie('any'), tie('any')).map(([left, right]) => `(?:${left})(?:${right})`),
    fc.tuple(tie('any'), tie('any')).map(([left, right]) => `(?:${left}|${right})`),
    tie('any').map((inner) => `(${inner})`),
    fc
      .tuple(
        tie('any'),
        fc.constantFrom('*', '+', '?', '*?', '{2}', '{0}', '{0,3}', '{2,}', '{0,}', '{1,4}?'),
      )
      .map(([inner, count]) => `(?:${inner})${count}`),
  ),
})).any

describe('programSize', () => {
  it('is what is written out, for any pattern', () => {
    fc.assert(
      fc.property(pattern, (source) => {
        const node = treeOf(source)
        expect(programSize(node).instructions).toBe(assemble(node, 1_000).length)
      }),
    )
  })

  it.each([
    ['a{9}', 10],
    ['(?:a{3}){3}', 10],
    ['a{0,4}b', 10],
  ])('lets %j pass at a limit of %i instructions and refuses it one below', (source, instructions) => {
    expect(compileRegex(source, { limits: { maxProgram: instructions } }).test('aaaaaaaaab')).toBe(true)
    expect(() => compileRegex(source, { limits: { maxProgram: instructions - 1 } })).toThrow('maxProgram')
  })

  it('is known at once for counts that no memory holds', () => {
    expect(() => compileRegex(`${'(?:'.repeat(60)}a${'){1000}'.repeat(60)}`)).toThrow('maxProgram')
  })

  it('bounds repeats of nothing as well', () => {
    expect(() => compileRegex('(?:(?:(?:){1000}){1000}){1000}')).toThrow('maxProgram')
  })
})
