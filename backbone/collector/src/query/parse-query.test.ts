import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { CollectorError } from '../collector-error.ts'
import { compileSql } from './compile-sql.ts'
import { maxQueryDepth, maxQueryLength, maxQueryTerms, parseQuery } from './parse-query.ts'

const codeOf = (query: string): string => {
  try {
    parseQuery(query)
    return 'fine'
  } catch (error) {
    return error instanceof CollectorError ? `${error.code}: ${error.message}` : String(error)
  }
}

describe('the filter language', () => {
  it.each([
    ['(', 'COLLECTOR_QUERY_SYNTAX: something is missing at character 2'],
    ['(kind:block', 'COLLECTOR_QUERY_SYNTAX: the parenthesis has no end at character 1'],
    ['kind:block)', 'COLLECTOR_QUERY_SYNTAX: unexpected closing parenthesis at character 11'],
    ['and x', 'COLLECTOR_QUERY_SYNTAX: unexpected and at character 1'],
    ['x or', 'COLLECTOR_QUERY_SYNTAX: something is missing at character 5'],
    ['not', 'COLLECTOR_QUERY_SYNTAX: something is missing at character 4'],
    ['kind:', 'COLLECTOR_QUERY_SYNTAX: kind: has no value at character 1'],
    ['kind:"open', 'COLLECTOR_QUERY_SYNTAX: the quote has no end at character 6'],
    [
      'status:many',
      'COLLECTOR_QUERY_SYNTAX: http.response.status_code is a number: write 404, >=500 or 400..499 at character 1',
    ],
    ['statuscode:1', 'COLLECTOR_QUERY_FIELD: no field is called statuscode'],
    ['url.pat:x', 'COLLECTOR_QUERY_FIELD: no field is called url.pat; perhaps url.path'],
    ['__proto__:x', 'COLLECTOR_QUERY_FIELD: no field is called __proto__'],
  ])('says what is wrong with %s', (query, message) => {
    expect(codeOf(query)).toBe(message)
  })

  it('takes a filter of the longest length and refuses one character more', () => {
    expect(codeOf('x'.repeat(maxQueryLength))).toBe('fine')
    expect(codeOf('x'.repeat(maxQueryLength + 1))).toContain('COLLECTOR_QUERY_LIMIT')
  })

  it('takes the most terms and refuses one more', () => {
    expect(codeOf('x '.repeat(maxQueryTerms))).toBe('fine')
    expect(codeOf('x '.repeat(maxQueryTerms + 1))).toContain('COLLECTOR_QUERY_LIMIT')
  })

  it('takes the deepest parentheses and refuses one pair more', () => {
    const nested = (depth: number): string => `${'('.repeat(depth)}x${')'.repeat(depth)}`
    expect(codeOf(nested(maxQueryDepth))).toBe('fine')
    expect(codeOf(nested(maxQueryDepth + 1))).toContain('COLLECTOR_QUERY_LIMIT')
  })

  it('never throws anything else, and never lets text of a filter into SQL', () => {
    const alphabet = fc.constantFrom(...'ab:*?"\\() \'%_;-.<>=1', 'and ', 'or ', 'not ', 'kind:', 'status:')
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 40 }), (parts) => {
        const query = parts.join('')
        try {
          const { sql } = compileSql(parseQuery(query))
          expect(sql.replaceAll("''", '')).not.toMatch(/;|--|%/u)
        } catch (error) {
          expect(error).toBeInstanceOf(CollectorError)
        }
      }),
      { numRuns: Number(process.env['FC_RUNS'] ?? 500) },
    )
  })
})
