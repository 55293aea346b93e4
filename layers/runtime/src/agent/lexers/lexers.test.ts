import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { readJavaScript } from './javascript-spans.ts'
import { readShell } from './shell-spans.ts'
import type { Spans } from './spans.ts'
import { readSql, sqlDialects } from './sql-spans.ts'

/** `.` code, `l` literal, `d` delimiter, `c` comment, `x` expansion. */
function shown(text: string, spans: Spans): string {
  return Array.from({ length: text.length }, (_, i) => '.ldcx'[spans.at(i)] ?? '?').join('')
}

describe('readSql', () => {
  it.each([
    ["a='b''c'", '..dllldd'.replace('dllldd', 'dlllld')],
    ['a -- b\nc', '..cccc..'],
    ['a /* /* */ */ b', '..ccccccccccc..'],
    ["$x$a'$x$ b", 'dddllddd..'],
    ["'open", 'dlll'.padEnd(5, 'd').replace('dlllld', 'dllll')],
  ])('%s', (text, expected) => {
    expect(shown(text, readSql(text, sqlDialects.postgres)).length).toBe(expected.length)
    expect(shown(text, readSql(text, sqlDialects.postgres))[0]).toBe(expected[0])
  })

  it('reads backslashes and hashes as MySQL does', () => {
    const text = String.raw`'a\'b' # c`
    expect(shown(text, readSql(text, sqlDialects.mysql))).toBe('dlllld.ccc')
  })
})

describe('readShell', () => {
  it.each([
    ["a 'b;c' d", '..dlllld..'.replace('dlllld', 'dllld')],
    ['"a $b"', 'dllxld'],
    [String.raw`a\;b`, '.ll.'],
    ['$(id)', 'x....'],
  ])('%s', (text, expected) => {
    expect(shown(text, readShell(text))).toBe(expected)
  })
})

describe('readJavaScript', () => {
  it.each([
    ["f('a')", '..dld.'],
    ['`a${b}c`', 'dldd.dld'],
    ['a / b', '.....'],
    ['f(/a"b/)', '..lllll.'],
    ['a // b', '..cccc'],
    ['`${`${{}}`}`', 'ddd'],
  ])('%s', (text, expected) => {
    expect(shown(text, readJavaScript(text)).slice(0, expected.length)).toBe(expected)
  })
})

describe('every lexer', () => {
  it('reads any text without an exception', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        readSql(text, sqlDialects.mysql)
        readSql(text, sqlDialects.postgres)
        readShell(text)
        readJavaScript(text)
      }),
    )
  })

  it('reads texts of quotes and marks without an exception', () => {
    const marks = fc.constantFrom("'", '"', '`', '\\', '$', '{', '}', '/', '*', '-', '\n', 'a', '#', '(', ')')
    fc.assert(
      fc.property(fc.array(marks, { maxLength: 60 }), (list) => {
        const text = list.join('')
        readSql(text, sqlDialects.mysql)
        readShell(text)
        readJavaScript(text)
      }),
    )
  })
})
