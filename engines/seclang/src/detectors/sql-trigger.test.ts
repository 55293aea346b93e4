import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sqliAttacks } from '../../test/sqli-attacks.ts'
import { lexSql, type SqlContext } from './sql-lexer.ts'
import { isWordBehindQuote, mayChangeQuery } from './sql-trigger.ts'
import { endSqlWalk, openSqlWalk, walkOn } from './sql-walk.ts'

function walked(input: string, context: SqlContext, style: 'ansi' | 'mysql'): string | null {
  const walk = openSqlWalk(lexSql(input, context, style), input, context)
  if (walk === null) return null
  walkOn(walk, Infinity)
  return endSqlWalk(walk)
}

function judged(input: string, context: SqlContext): string | null {
  return walked(input, context, 'ansi') ?? walked(input, context, 'mysql')
}

const piece = fc.constantFrom(
  "'",
  '"',
  '(',
  ')',
  ',',
  ';',
  '--',
  '#',
  '/*',
  '*/',
  ' ',
  '\n',
  '\xa0',
  '1',
  '0x',
  '1d',
  'x',
  '@x',
  '=',
  '<',
  '||',
  '&&',
  'or',
  'and',
  'union',
  'select',
  'from',
  'where',
  'having',
  'case',
  'when',
  'then',
  'end',
  'in',
  'like',
  'between',
  'not',
  'is',
  'null',
  '.',
  '*',
  '-',
  'order',
  'group',
  'by',
  'limit',
  'values',
  'insert',
  'into',
  'drop',
  'table',
  'exec',
  'sleep(',
  'version',
  'if',
  'set',
  '_',
  'a',
)
const text = fc
  .tuple(fc.array(piece, { maxLength: 14 }), fc.boolean())
  .map(([parts, spaced]) => parts.join(spaced ? ' ' : ''))

describe('mayChangeQuery', () => {
  it('is true for every value that the walk flags where it stands bare', () => {
    fc.assert(
      fc.property(text, (input) => {
        if (!mayChangeQuery(input)) expect(judged(input, 'bare')).toBeNull()
      }),
      { numRuns: 5_000 },
    )
  })

  it('is true for every generated injection that stands bare (seed 5)', () => {
    for (const input of sqliAttacks(5, 2_000))
      if (!mayChangeQuery(input)) expect(judged(input, 'bare'), input).toBeNull()
  })

  it.each([
    'garden window silver',
    'ada@example.org',
    '12.99',
    '8f14e45fceea167a',
    'GA1.2.123.987',
    'https://example.org/a?b=1',
    'x, y; z',
    'fortune',
    'android',
    'a_or_b',
    'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101',
  ])('is false for %j, which then needs no reading', (input) => {
    expect(mayChangeQuery(input)).toBe(false)
  })

  it.each([
    '1or 1',
    '1DUNION',
    '0xunion',
    '0XaUNION',
    '(0xfselect',
    'sleep (1)',
    'a--b',
    'x/*',
    '1||1',
    'a&&b',
    '#',
  ])('is true for %j', (input) => {
    expect(mayChangeQuery(input)).toBe(true)
  })
})

describe('isWordBehindQuote', () => {
  it.each([
    ["can't", "'", true],
    ["5' 6", "'", true],
    ['24" wide', '"', true],
    ["x' or 1", "'", false],
    ["x'or 1", "'", false],
    ["x';", "'", false],
    ["x'sleep(1)", "'", false],
    ["x'1or 1", "'", false],
    ["x\\'y' or 1", "'", false],
    ["x''y", "'", false],
  ])('%j with %s: %s', (input, quote, expected) => {
    expect(isWordBehindQuote(input, quote)).toBe(expected)
  })
})
