import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SigmaError } from '../error.ts'
import { sigmaLimits } from '../limits.ts'
import { parseCondition } from './parse-condition.ts'

const parse = (text: string): unknown => parseCondition(text, ['condition'])

describe('parseCondition', () => {
  it('binds not before and, and before or', () => {
    expect(parse('a or b and not c')).toEqual({
      kind: 'or',
      of: [
        { kind: 'selection', name: 'a' },
        {
          kind: 'and',
          of: [
            { kind: 'selection', name: 'b' },
            { kind: 'not', of: { kind: 'selection', name: 'c' } },
          ],
        },
      ],
    })
  })

  it('reads quantifiers with names, stars and them, in any letter case', () => {
    expect(parse('1 of selection_*')).toEqual({
      kind: 'quantified',
      quantifier: 'any',
      pattern: 'selection_*',
    })
    expect(parse('ALL OF Them')).toEqual({ kind: 'quantified', quantifier: 'all', pattern: 'them' })
  })

  it('reads parentheses without blanks', () => {
    expect(parse('(a)and(not b)')).toEqual(parse('a and not b'))
  })

  it.each([
    '',
    'a b',
    'a and',
    'and a',
    '(a',
    'a)',
    'not',
    '2 of a*',
    '1 of',
    'a | count() > 5',
    'them',
    'a and or b',
  ])('refuses %j', (text) => {
    expect(() => parse(text)).toThrow(SigmaError)
  })

  it('takes nesting at the limit and refuses one more', () => {
    const nested = (depth: number): string => `${'('.repeat(depth)}a${')'.repeat(depth)}`
    expect(parse(nested(sigmaLimits.maxConditionDepth - 1))).toEqual({ kind: 'selection', name: 'a' })
    expect(() => parse(nested(sigmaLimits.maxConditionDepth))).toThrow('nested deeper')
    expect(() => parse('a'.repeat(sigmaLimits.maxConditionLength + 1))).toThrow('longer than')
  })

  it('throws nothing but SigmaError, whatever the text', () => {
    const word = fc.constantFrom('a', 'and', 'or', 'not', '(', ')', '1 of', 'all of', 'them', 'x*', '|')
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), (words) => {
        try {
          parse(words.join(' '))
        } catch (error) {
          expect(error).toBeInstanceOf(SigmaError)
        }
      }),
    )
  })
})
