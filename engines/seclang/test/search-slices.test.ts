import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { detectSQLi, SqliSearch } from '../src/detectors/detect-sqli.ts'
import { detectXSS, XssSearch } from '../src/detectors/detect-xss.ts'
import { benignValues } from './benign-values.ts'
import { sqliAttacks } from './sqli-attacks.ts'

interface Search {
  readonly finding: { readonly context: string; readonly reason: string } | null
  readonly work: number
  goOn(work: number): boolean
}

/** Runs a search in pieces, the sizes taken in turn; gives the finding and how often it was left. */
function inPieces(search: Search, sizes: readonly number[]): { finding: Search['finding']; left: number } {
  let left = 0
  while (!search.goOn(sizes[left % sizes.length] ?? 1)) {
    left++
    expect(search.finding, 'nothing is known before the end').toBeNull()
  }
  return { finding: search.finding, left }
}

const sizes = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 5 })

const sqlPiece = fc.constantFrom(
  "'",
  '"',
  '`',
  '(',
  ')',
  ',',
  ';',
  '--',
  '#',
  '/*',
  '*/',
  '/*!50000',
  ' ',
  '\n',
  '1',
  'x',
  '@v',
  '=',
  '<',
  '\\',

  'or',
  'and',
  'union',
  'select',
  'from',
  'where',
  'case',
  'when',
  'then',
  'end',
  'null',
  '.',
  '*',
  '-',
  '$$',
  "q'[",
  "]'",
  'order by',
  'limit',
  'insert into',
  'exec',
  'sleep(5)',
  '0xunion',
  '1e',
  '\xc2\xa0',
  '\xff',
  '\0',
)
const htmlPiece = fc.constantFrom(
  '<',
  '>',
  '/',
  '=',
  '"',
  "'",
  '`',
  ' ',
  '\n',
  '\0',
  'a',
  '<script',
  '<img src=x',
  'onerror=',
  'alert(1)',
  '<!--',

  '-->',
  '<!doctype',
  '<?xml',
  '</b',
  'href=',
  'javascript:',
  '&#106;',
  'style=',
  'expression(',
  '<svg/onload=',
  '<%',
)

describe('a detector that is left and gone on with', () => {
  it('judges SQL as in one go, whatever the pieces', () => {
    fc.assert(
      fc.property(fc.array(sqlPiece, { maxLength: 60 }), sizes, fc.boolean(), (parts, pieces, spaced) => {
        const value = parts.join(spaced ? ' ' : '')
        expect(inPieces(new SqliSearch(value), pieces).finding).toEqual(detectSQLi(value))
      }),
      { numRuns: 1_500 },
    )
  })

  it('judges HTML as in one go, whatever the pieces', () => {
    fc.assert(
      fc.property(fc.array(htmlPiece, { maxLength: 60 }), sizes, (parts, pieces) => {
        const value = parts.join('')
        expect(inPieces(new XssSearch(value), pieces).finding).toEqual(detectXSS(value))
      }),
      { numRuns: 1_500 },
    )
  })

  it('judges generated attacks and innocent values byte by byte as in one go (seeds 5 and 6)', () => {
    const values = [...sqliAttacks(5, 400), ...benignValues(6, 400).map(({ text }) => text)]
    for (const value of values) {
      expect(inPieces(new SqliSearch(value), [1]).finding).toEqual(detectSQLi(value))
      expect(inPieces(new XssSearch(value), [1]).finding).toEqual(detectXSS(value))
    }
  })

  // The third column: the longest word, string or attribute value, which is read in one go.
  it.each([
    ['SQL that is none', () => new SqliSearch('1=a(b) x,'.repeat(14_000)), 16],
    ['signs of every class', () => new SqliSearch('\'"<(${`;|%25../ union select on'.repeat(4_000)), 64],
    ['one string', () => new SqliSearch("' or '".repeat(20_000)), 120_000],
    ['elements', () => new XssSearch('<a b=c> '.repeat(16_000)), 16],
    ['one attribute', () => new XssSearch(`=${'<'.repeat(128_000)}`), 128_001],
  ])('does not do more at once than it is asked to, but for one token: %s', (_, open, token) => {
    const search: Search = open()
    let last = 0
    while (!search.goOn(2_048)) {
      expect(search.work - last).toBeLessThanOrEqual(2 * 2_048 + token)
      last = search.work
    }
    expect(search.work).toBeGreaterThan(100_000)
  })
})
