import { describe, expect, it } from 'vitest'
import { sqlDialects } from '../lexers/sql-spans.ts'
import { judgeSql, maxStatementLength } from './judge-sql.ts'

const { postgres, mysql } = sqlDialects
const named = (value: string): string => `select id from users where name='${value}' limit 5`

const attacks: readonly [string, string, string][] = [
  ['a tautology', named("' or 1=1--"), "' or 1=1--"],
  ['a comment alone', named("ann'--"), "ann'--"],
  ['a union', named("' union select key from settings--"), "' union select key from settings--"],
  ['a condition behind a number', 'select 1 from t where id=1 or 1=1', '1 or 1=1'],
  ['an order by a subquery', 'select 1 from t order by (select 1),id', '(select 1),id'],
  ['a name with a direction', 'select 1 from t order by email desc,id', 'email desc,id'],
  ['a second statement', named("x'; drop table orders;--"), "x'; drop table orders;--"],
  ['an input that was split', named("' or true limit 2--"), "' or| true limit 2--"],
  ['an input that was stripped', named("' or 1=1 limit 2--"), "'x or x1=1x limit 2--"],
]

const innocents: readonly [string, string, string][] = [
  ['a quoted apostrophe in a surname', named("O''Brien"), "O'Brien"],
  ['an attack that stays inside its quotes', named("'' or 1=1--"), "' or 1=1--"],
  ['words of the language in a literal', named('select * from users'), 'select * from users'],
  ['a number', 'select 1 from t where id=-12.5', '-12.5'],
  ['a column with its table', 'select users.name from users', 'users.name'],
  ['a column to sort by with its direction', 'select 1 from t order by price DESC', 'price DESC'],
  ['a name in double quotes', 'select "order" from t', '"order"'],
  ['the first words of a constant statement', 'select id from rb_users limit 1', 'select id'],
  ['an input that does not stand there', named('ann'), "' or 1=1--"],
  ['words in a comment of the application', "/* page: a b */ select 'x'", 'a b'],
]

describe('judgeSql', () => {
  it.each(attacks)('objects to %s', (_name, statement, input) => {
    expect(judgeSql(statement, postgres, [input])?.attack).toBe('sql-injection')
  })

  it.each(innocents)('lets %s through', (_name, statement, input) => {
    expect(judgeSql(statement, postgres, [input])).toBeNull()
  })

  it('knows that a backslash escapes a quote in MySQL and not in PostgreSQL', () => {
    const statement = String.raw`select 1 from t where a='\' or 1=1--'`
    const input = String.raw`\' or 1=1--`
    expect(judgeSql(statement, mysql, [input])).toBeNull()
    expect(judgeSql(statement, postgres, [input])).not.toBeNull()
  })

  it('judges the first part of a statement over the limit', () => {
    const long = `select 1 where a='' or 1=1--' and b='${'x'.repeat(maxStatementLength)}'`
    expect(judgeSql(long, postgres, ["' or 1=1--"])).not.toBeNull()
    const late = `select '${'x'.repeat(maxStatementLength)}' where a='' or 1=1--'`
    expect(judgeSql(late, postgres, ["' or 1=1--"])).toBeNull()
  })

  it('cuts what it reports', () => {
    const input = `' or ${'1=1 or '.repeat(100)}1=1--`
    expect(judgeSql(named(input), postgres, [input])?.matched.length).toBe(200)
  })
})
