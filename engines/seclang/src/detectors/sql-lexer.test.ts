import { describe, expect, it } from 'vitest'
import { type CommentStyle, lexSql, type SqlContext } from './sql-lexer.ts'
import { SQL } from './sql-words.ts'

const names: ReadonlyMap<number, string> = new Map(Object.entries(SQL).map(([name, kind]) => [kind, name]))

function kinds(text: string, context: SqlContext = 'bare', style: CommentStyle = 'ansi'): string {
  return lexSql(text, context, style)
    .kinds.map((kind) => names.get(kind) ?? String(kind))
    .join(' ')
}

const vectors: readonly (readonly [text: string, tokens: string])[] = [
  ['1', 'number'],
  ['1.5', 'number'],
  ['.5', 'number'],
  ['1e5', 'number'],
  ['1.5E-3', 'number'],
  ['0x1F', 'number'],
  ['0b101', 'number'],
  ['$1.00', 'number'],
  ['1or', 'number logic'],
  ['1union', 'number union'],
  ['1DUNION', 'number union'],
  ['1FFROM', 'number from'],
  ['2ND', 'name'],
  ['60s', 'name'],
  ['0xUNION', 'number union'],
  ["'a'", 'string'],
  ["'a''b'", 'string'],
  ["'a", 'openString'],
  ['"a"', 'string'],
  ["n'a'", 'string'],
  ["X'41'", 'string'],
  ["e'a'", 'string'],
  ["q'[a'b]'", 'string'],
  ["nq'{a}'", 'string'],
  ['$$a$$', 'string'],
  ['$t$a$t$', 'string'],
  ['$t$a', 'openString'],
  ['abc', 'name'],
  ['a_b$c', 'name'],
  ['`a b`', 'name'],
  ['[a b]', 'name'],
  ['[1]', 'other number other'],
  ['a.b', 'name dot name'],
  ['@a', 'variable'],
  ['@@a.b', 'variable'],
  ["@'a'", 'variable'],
  ['@`a`', 'variable'],
  ['null', 'constant'],
  ['\\N', 'constant'],
  ['current_user', 'constant'],
  ['current_user()', 'sqlCall open close'],
  ['sleep(1)', 'sqlCall open number close'],
  ['sleep (1)', 'sqlCall open number close'],
  ['sleep', 'name'],
  ['cos(1)', 'plainCall open number close'],
  ['foo(1)', 'name open number close'],
  ['`sleep`(1)', 'sqlCall open number close'],
  ['a and b', 'name logic name'],
  ['a AND b', 'name logic name'],
  ['a && b || c', 'name logic name logic name'],
  ['a <=> b', 'name comparison name'],
  ['a != b <> c', 'name comparison name comparison name'],
  ['a := 1', 'name assign number'],
  ['a::int', 'name cast type'],
  ['a<<1>>2', 'name arithmetic number arithmetic number'],
  ['a->b->>c', 'name arithmetic name arithmetic name'],
  ['-+~!1', 'arithmetic arithmetic unary unary number'],
  ['(a,b);', 'open name comma name close semicolon'],
  ['{ts 1}', 'braceOpen name number braceClose'],
  ['union all select', 'union quantifier select'],
  ['order by 1', 'order by number'],
  ['a is not null', 'name is not constant'],
  ['a not in (1)', 'name not inside open number close'],
  ['case when 1 then 2 else 3 end', 'caseWord when number thenWord number otherwise number endWord'],
  ['1 -- x', 'number comment'],
  ['1 --', 'number comment'],
  ['1--x', 'number comment'],
  ['1 -- x\n2', 'number number'],
  ['1 /* x */ 2', 'number number'],
  ['1 /* x', 'number comment'],
  ['1 /*!50000union*/ 2', 'number union number'],
  ['1 /*!union*/ 2', 'number union number'],
  ['1 # 2', 'number arithmetic number'],
  ['a\xa0b', 'name name'],
  ['a\0b', 'name name'],
  ['select 1.e.a', 'select dot name'],
  ['drop table x', 'verb object name'],
  ['a like b', 'name comparison name'],
  ['a sounds like b', 'name comparison comparison name'],
  ['5 div 2', 'number arithmetic number'],
  ['1 limit 2 offset 3', 'number limit number limit number'],
  ['a collate b', 'name collate name'],
  ['', ''],
  ['   ', ''],
]

describe('lexSql', () => {
  it.each(vectors)('reads %j as %s', (text, tokens) => {
    expect(kinds(text)).toBe(tokens)
  })

  const quoted: readonly (readonly [text: string, context: SqlContext, tokens: string])[] = [
    ["a' or 1", 'single', 'string logic number'],
    ["'", 'single', 'string'],
    ['a', 'single', 'openString'],
    ["a''b", 'single', 'openString'],
    ["a'z'c", 'single', 'string name openString'],
    ["a'z'c'", 'single', 'string name string'],
    ['a" or 1', 'double', 'string logic number'],
    ["a' or 1", 'double', 'openString'],
  ]
  it.each(quoted)('reads %j inside a string (%s) as %s', (text, context, tokens) => {
    expect(kinds(text, context)).toBe(tokens)
  })

  const mysql: readonly (readonly [text: string, context: SqlContext, tokens: string])[] = [
    ['1 # x', 'bare', 'number comment'],
    ['1 #x\n2', 'bare', 'number number'],
    ['1--2', 'bare', 'number arithmetic arithmetic number'],
    ['1-- 2', 'bare', 'number comment'],
    ["a\\' or 1", 'single', 'openString'],
  ]
  it.each(mysql)('reads %j in the manner of MySQL (%s) as %s', (text, context, tokens) => {
    expect(kinds(text, context, 'mysql')).toBe(tokens)
  })

  it('ends a string at a quote behind a backslash where the server does not escape so', () => {
    expect(kinds("a\\' or 1", 'single', 'ansi')).toBe('string logic number')
  })

  it.each(['1 # x', '1--x', "a\\'b"])('says that both comment styles must be tried for %j', (text) => {
    expect(lexSql(text, 'single', 'ansi').ambiguous || lexSql(text, 'bare', 'ansi').ambiguous).toBe(true)
  })

  it('marks executed and nested comments', () => {
    expect(lexSql('1 /*!50000or*/ 1', 'bare', 'ansi').versioned).toBe(true)
    expect(lexSql('/*! jQuery v3 */', 'bare', 'ansi').versioned).toBe(false)
    expect(lexSql('1 /* /* */ 2', 'bare', 'ansi').nested).toBe(true)
    expect(lexSql('1 /* x */ 2', 'bare', 'ansi').nested).toBe(false)
  })

  it('gives the place of each token', () => {
    const tokens = lexSql("ab 'c' 12", 'bare', 'ansi')
    expect(tokens.starts).toEqual([0, 3, 7])
    expect(tokens.ends).toEqual([2, 6, 9])
  })
})
