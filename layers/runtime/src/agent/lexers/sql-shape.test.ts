import { describe, expect, it } from 'vitest'
import { maxShapedStatement, shapeOf } from './sql-shape.ts'
import { sqlDialects } from './sql-spans.ts'

const { postgres, mysql, sqlite } = sqlDialects

describe('shapeOf', () => {
  it.each([
    ["select id from t where a='x' and b = 12", 'select id from t where a=? and b = ?'],
    ["select 'it''s', 1.5e3,\n\t0x1f", 'select ?+'],
    ['select a1 from t2 where x in (1, 2,3)', 'select a1 from t2 where x in (?+)'],
    ['insert into t values (1,2),(3,4), (5,6)', 'insert into t values (?+)+'],
    ["select $1::text, $tag$ it's $tag$", 'select $1::text, ?'],
    [String.raw`select E'a\'b' from t`, 'select ? from t'],
    ['select 1 -- why\nfrom t /* so */ where 1=1', 'select ? --\nfrom t -- where ?=?'.replace('\n', ' ')],
    ['select "a 1" from "t"', 'select "a 1" from "t"'],
  ])('%j is %j in PostgreSQL', (sql, shape) => {
    expect(shapeOf(sql, postgres)).toBe(shape)
  })

  it('reads quotes as the database does', () => {
    expect(shapeOf(String.raw`select 'a\' or 1=1'`, mysql)).toBe('select ?')
    expect(shapeOf(String.raw`select 'a\' or 1=1`, sqlite)).toBe(String.raw`select ? or ?=?`)
    expect(shapeOf('select "a" # why', mysql)).toBe('select ? --')
  })

  it('gives data of every kind the same shape and changed structure another', () => {
    const of = (value: string): string | undefined => shapeOf(`select 1 from t where a='${value}'`, postgres)
    expect(of("O''Brien")).toBe(of('x'))
    expect(of("' or 1=1--")).not.toBe(of('x'))
    expect(of("x' and 'a'='a")).not.toBe(of('x'))
  })

  it('gives no shape to a quote that stays open, or to a statement beyond the limit', () => {
    expect(shapeOf("select 'a", postgres)).toBeUndefined()
    expect(shapeOf('select $$a', postgres)).toBeUndefined()
    expect(shapeOf('select "a', postgres)).toBeUndefined()
    expect(shapeOf(`'${'a'.repeat(maxShapedStatement - 2)}'`, postgres)).toBe('?')
    expect(shapeOf(`'${'a'.repeat(maxShapedStatement - 1)}'`, postgres)).toBeUndefined()
  })
})
