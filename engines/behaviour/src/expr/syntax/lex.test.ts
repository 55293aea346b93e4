import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { ExprError } from '../error.ts'
import { lex } from './lex.ts'

const tokens = (source: string): readonly string[] => lex(source).map(({ kind, value }) => `${kind} ${value}`)

describe('tokens', () => {
  it.each([
    ['a.b?.c', ['name a', 'operator .', 'name b', 'operator ?.', 'name c', 'end ']],
    ['x not in y', ['name x', 'operator not', 'operator in', 'name y', 'end ']],
    ['1..3', ['number 1', 'operator ..', 'number 3', 'end ']],
    [
      '1.5e-3 .5 0xFF 0b1_0 1_000',
      ['number 1.5e-3', 'number .5', 'number 0xFF', 'number 0b1_0', 'number 1_000', 'end '],
    ],
    [
      'a**b??c||d&&e',
      [
        'name a',
        'operator **',
        'name b',
        'operator ??',
        'name c',
        'operator ||',
        'name d',
        'operator &&',
        'name e',
        'end ',
      ],
    ],
    ['#.x #acc', ['operator #', 'operator .', 'name x', 'operator #', 'name acc', 'end ']],
    ['a /* b \n */ + // c\nd', ['name a', 'operator +', 'name d', 'end ']],
    ['"a\\"b" \'c\\\'d\' `e\\f`', ['text a"b', "text c'd", 'text e\\f', 'end ']],
    ['"\\u0041\\x42\\103\\U0001F600\\n"', ['text ABC😀\n', 'end ']],
    ['größe $x _y', ['name größe', 'name $x', 'name _y', 'end ']],
    ['', ['end ']],
  ])('of %j', (source, expected) => {
    expect(tokens(source)).toEqual(expected)
  })

  it('know where they start', () => {
    expect(lex('a  == "x"').map(({ offset }) => offset)).toEqual([0, 3, 6, 9])
  })

  it.each([
    ['"open', 1],
    ["a 'x\ny'", 3],
    ['"\\z"', 2],
    ['a @', 3],
    ['"\\UFFFFFFFF"', 2],
    ['"\\x4"', 2],
  ])('are not those of %j', (source, column) => {
    let caught: unknown
    try {
      lex(source)
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(ExprError)
    expect(caught).toMatchObject({ code: 'EXPR_SYNTAX', column })
  })

  it('are found in one pass where comments never end', () => {
    expect(() => lex('/*a'.repeat(40_000))).toThrow('comment without an end at 1:1')
    expect(() => lex(`1 ${'/ '.repeat(50_000)}/*`)).toThrow('comment without an end')
  })

  it('cover every source or refuse it, in one pass', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (source) => {
        try {
          const found = lex(source)
          expect(found.at(-1)?.kind).toBe('end')
        } catch (error) {
          expect(error).toBeInstanceOf(ExprError)
        }
      }),
    )
  })
})
