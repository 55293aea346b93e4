import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OperatorContext } from './operator.ts'
import { compilePhrases, PHRASE_LIMITS } from './phrase-set.ts'
import { operators } from './registry.ts'
import { evaluateUnitCase } from './unit-case.ts'

const files: Readonly<Record<string, string>> = {
  'words.data': '# comment\n  alpha beta \n\ngamma\r\n',
  'nets.data': '10.0.0.0/8\n# v6\n2001:db8::/32\n',
}

const context: OperatorContext = {
  regex: { multiline: false },
  from: 'test.conf',
  readDataFile(path) {
    const text = files[path]
    if (text === undefined) throw new Error(`no file ${path}`)
    return text
  },
}

type Vector = readonly [name: string, param: string, input: string, matches: boolean]

const vectors: readonly Vector[] = [
  ['beginsWith', 'ab', 'abc', true],
  ['beginsWith', 'ab', 'Abc', false],
  ['beginsWith', '', '', true],
  ['endsWith', 'bc', 'abc', true],
  ['endsWith', 'abcd', 'bcd', false],
  ['contains', 'b', 'abc', true],
  ['contains', 'B', 'abc', false],
  ['strmatch', 'bc', 'abcd', true],
  ['containsWord', 'union', 'x union y', true],
  ['containsWord', 'union', 'reunion', false],
  ['containsWord', 'union', 'union1', true],
  ['containsWord', 'union', 'reunion union', true],
  ['containsWord', '', 'x', true],
  ['streq', 'a', 'a', true],
  ['streq', 'a', 'A', false],
  ['within', 'GET,POST', 'POST', true],
  ['within', 'GET,POST', 'PUT', false],
  ['within', 'x', '', true],
  ['eq', '5', ' 5x', true],
  ['eq', '0', 'abc', true],
  ['eq', '5', '-5', false],
  ['ge', '5', '5', true],
  ['gt', '5', '5', false],
  ['gt', '-5', '-4', true],
  ['le', '5', '99999999999999999999', false],
  ['lt', '5', '4', true],
  ['ipMatch', '127.0.0.1', '127.0.0.1', true],
  ['ipMatch', '10.0.0.0/8,192.168.0.0/16', '192.168.255.1', true],
  ['ipMatch', '10.0.0.0/8', '11.0.0.1', false],
  ['ipMatch', '0.0.0.0/0', '8.8.8.8', true],
  ['ipMatch', '2001:db8::/33', '2001:db8:8000::1', false],
  ['ipMatch', '2001:db8::/33', '2001:db8:7fff::1', true],
  ['ipMatch', '::ffff:1.2.3.4', '::ffff:102:304', true],
  ['ipMatch', '::1', '::2', false],
  ['ipMatch', '::/0', '1.2.3.4', false],
  ['ipMatch', '1.2.3.4', 'not an address', false],
  ['ipMatch', '1.2.3.4', '1.2.3.400', false],
  ['ipMatchFromFile', 'nets.data', '10.9.8.7', true],
  ['ipMatchF', 'nets.data', '2001:db8::5', true],
  ['noMatch', '', 'x', false],
  ['unconditionalMatch', '', '', true],
  ['pm', 'alpha beta', 'xxBETAxx', true],
  ['pm', 'alpha beta', 'gamma', false],
  ['pm', 'ab|43 44|ef', 'xabcdefx', true],
  ['pm', 'he she his hers', 'ushers', true],
  ['pmFromFile', 'words.data', 'x Alpha Beta y', true],
  ['pmf', 'words.data', '# comment', false],
  ['pmf', 'words.data', 'gamma', true],
  ['rx', '^a.c$', 'a\nc', true],
  ['rx', '^b$', 'a\nb\nc', false],
  ['rx', '(?i)SELECT', 'select', true],
  ['rx', '\\bx\\b', 'a\xa0x', true],
  ['rx', '\\s', '\xa0', false],
  ['rx', '<\\?(?!xml)', '<?php', true],
  ['rx', '<\\?(?!xml)', '<?xml', false],
  ['rx', '<\\?(?!xml)', '<?x', true],
  ['rx', '<\\?(?!xml)', '<?', true],
  ['rx', '<\\?(?!xml)', '<?xml <?xm', true],
  ['rx', '(?i)<\\?(?!xml)', '<?XML', false],
  ['rxGlobal', 'a', 'bab', true],
  ['rxGlobal', 'z', 'bab', false],
  ['validateByteRange', '32-126', 'plain', false],
  ['validateByteRange', '32-126', 'a\tb', true],
  ['validateByteRange', '9,32-126', 'a\tb', false],
  ['validateByteRange', '1-255', 'a\0', true],
  ['validateUrlEncoding', '', 'a%20b', false],
  ['validateUrlEncoding', '', 'a%2', true],
  ['validateUrlEncoding', '', '%', true],
  ['validateUtf8Encoding', '', 'caf\xc3\xa9', false],
  ['validateUtf8Encoding', '', 'caf\xe9', true],
  ['validateUtf8Encoding', '', '\xc0\xae', true],
  ['validateUtf8Encoding', '', '\xed\xa0\x80', true],
  ['validateUtf8Encoding', '', '\xf4\x90\x80\x80', true],
  ['verifyCC', '\\d{13,16}', 'card 4111111111111111 end', true],
  ['verifyCC', '\\d{16}', 'card 4111111111111112 end', false],
  ['verifyCC', '[\\d-]{19}', '4111-1111-1111-1111', true],
  ['verifyCPF', '[0-9.-]{14}', '529.982.247-25', true],
  ['verifyCPF', '[0-9.-]{14}', '529.982.247-26', false],
  ['verifyCPF', '[0-9.-]{14}', '111.111.111-11', false],
  ['verifySSN', '\\d{3}-?\\d{2}-?\\d{4}', '574-57-8065', true],
  ['verifySSN', '\\d{3}-?\\d{2}-?\\d{4}', '666-57-8065', false],
  ['verifySSN', '\\d{9}', '123456789', false],
  ['verifySVNR', '[0-9]{4} ?[0-9]{6}', 'x 1237 010180 x', true],
  ['verifySVNR', '[0-9]{4} ?[0-9]{6}', 'x 1238 010180 x', false],
  ['detectSQLi', '', "1' or '1'='1", true],
  ['detectSQLi', '', "O'Connor", false],
  ['detectXSS', '', '<svg/onload=alert(1)>', true],
  ['detectXSS', '', 'a < b', false],
  ['detectShell', '', '; cat /etc/passwd', true],
  ['detectShell', '', 'cats; dogs', false],
  ['detectTraversal', '', '../../../etc/passwd', true],
  ['detectTemplate', '', '{{7*7}}', true],
  ['detectNoSQL', '', 'user[$ne]', true],
]

const matcherOf = (name: string, param: string) => {
  const operator = operators.get(name.toLowerCase())
  if (operator === undefined) throw new Error(`no operator ${name}`)
  return operator.compile(param, context)
}

describe('operators', () => {
  it.each(vectors)('@%s %j on %j is %s', (name, param, input, matches) => {
    expect(matcherOf(name, param).match(input, null)).toBe(matches)
  })

  it.each(vectors.filter(([, , , matches]) => matches))(
    '@%s %j: the literals it requires occur in %j',
    (name, param, input) => {
      const lower = input.toLowerCase()
      for (const clause of matcherOf(name, param).literals ?? []) {
        expect(clause.length).toBeGreaterThan(0)
        expect(clause.some((literal) => lower.includes(literal))).toBe(true)
      }
    },
  )

  const wrong: readonly (readonly [name: string, param: string, message: RegExp])[] = [
    ['rx', '(', /./],
    ['rx', '(?=a)b', /look-?ahead|look-?around/i],
    ['ipMatch', '1.2.3', /no IP address/],
    ['ipMatch', '1.2.3.4/33', /0 to 32/],
    ['ipMatch', '::1/129', /0 to 128/],
    ['ipMatch', '1::2::3', /no IP address/],
    ['ipMatchFromFile', 'missing.data', /no file/],
    ['ipMatchFromFile', 'https://example.org/x', /network/],
    ['pmFromFile', 'http://example.org/x', /network/],
    ['validateByteRange', '1-256', /byte value/],
    ['validateByteRange', '9-1', /ends before/],
    ['validateByteRange', 'x', /byte value/],
    ['geoLookup', '', /GeoIP/],
    ['rbl', 'example.org', /DNS/],
    ['inspectFile', 'x.lua', /script/],
    ['fuzzyHash', 'x', /fuzzy/],
  ]
  it.each(wrong)('@%s %j is refused with a reason', (name, param, message) => {
    expect(() => matcherOf(name, param)).toThrow(message)
  })

  it('fill captures with the whole match, its groups and empty text for groups without part', () => {
    const captures: string[] = []
    expect(matcherOf('rx', '(a)(b)?(c)').match('xacx', captures)).toBe(true)
    expect(captures).toEqual(['ac', 'a', '', 'c'])
  })

  it('keep at most ten captures, also over many matches', () => {
    const captures: string[] = []
    expect(matcherOf('rxGlobal', '(a)').match('a'.repeat(50), captures)).toBe(true)
    expect(captures).toHaveLength(10)
    const many: string[] = []
    matcherOf('rx', '(a)(a)(a)(a)(a)(a)(a)(a)(a)(a)(a)').match('a'.repeat(11), many)
    expect(many).toHaveLength(10)
  })

  it('report the phrase that was found', () => {
    const captures: string[] = []
    expect(matcherOf('pm', 'Alpha Beta').match('xx beta', captures)).toBe(true)
    expect(captures[0]).toBe('Beta')
  })

  it('find phrases exactly when one occurs (property against a plain search)', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'C', ' ', '\xff'), minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 8 }),
        fc.array(word, { maxLength: 12 }),
        (phrases, parts) => {
          const input = parts.join('')
          const lower = input.toLowerCase()
          const expected = phrases.some((phrase) => lower.includes(phrase.toLowerCase()))
          expect(compilePhrases(phrases).find(input) >= 0).toBe(expected)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('limits the size of a phrase list', () => {
    const phrase = 'x'.repeat(1_000)
    const most = PHRASE_LIMITS.bytes / phrase.length
    expect(() => compilePhrases(Array.from({ length: most + 1 }, () => phrase))).toThrow(/more than/)
    expect(compilePhrases([phrase]).find(phrase)).toBe(0)
    expect(compilePhrases([]).find('x')).toBe(-1)
  })

  it('stops looking for card numbers in endless digits after a bounded amount of work', () => {
    expect(matcherOf('verifyCC', 'x+').match('x'.repeat(20_000), null)).toBe(false)
  })

  it('answer evaluation cases, and skip what is not implemented', () => {
    expect(evaluateUnitCase({ kind: 'op', name: 'streq', param: 'a', input: 'a' }, context)).toEqual({
      ret: 1,
    })
    expect(evaluateUnitCase({ kind: 'op', name: 'rx', param: '(', input: 'a' }, context)).toEqual({ ret: 0 })
    expect(evaluateUnitCase({ kind: 'op', name: 'geoLookup' }, context)).toEqual({
      skip: true,
      reason: '@geoLookup is not supported: it needs a GeoIP database',
    })
    expect(evaluateUnitCase({ kind: 'op', name: 'pmf', param: 'no' }, context)).toEqual({
      skip: true,
      reason: 'the file no cannot be read',
    })
    expect(evaluateUnitCase({ kind: 'op', name: 'containsWordd' }, context)).toEqual({
      skip: true,
      reason: 'unknown operator containsWordd (did you mean containsWord?)',
    })
    expect(evaluateUnitCase({ kind: 'tfn', name: 'cmd_line', input: 'A' }, context)).toEqual({ output: 'a' })
    expect(evaluateUnitCase({ kind: 'tfn', name: 'xyzzy' }, context)).toEqual({
      skip: true,
      reason: 'unknown transformation xyzzy',
    })
    expect(evaluateUnitCase({ kind: 'sqli', input: "' or 1=1--" }, context)).toEqual({ ret: 1 })
    expect(evaluateUnitCase({ kind: 'xss', input: 'x' }, context)).toEqual({ ret: 0 })
  })
})
