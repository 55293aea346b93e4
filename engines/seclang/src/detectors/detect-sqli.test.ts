import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { benignValues } from '../../test/benign-values.ts'
import { sqliAttacks } from '../../test/sqli-attacks.ts'
import { detectSQLi } from './detect-sqli.ts'
import { MOST_SQL_TOKENS } from './sql-lexer.ts'

type Context = 'bare' | 'single' | 'double'

const attacks: readonly (readonly [input: string, context: Context])[] = [
  ['1 or 1=1', 'bare'],
  ['1 or 2>1', 'bare'],
  ['1 AND 1=2', 'bare'],
  ['1) or (1=1', 'bare'],
  ['-1 union select 1,2,3', 'bare'],
  ['1/**/union/**/select/**/1', 'bare'],
  ['1 /*!50000union*/ /*!select*/ 1', 'bare'],
  ['1\nunion\nall\nselect\n1', 'bare'],
  ['1\xa0union\xa0select\xa01', 'bare'],
  ['0xUNION SELECT 2', 'bare'],
  ['1e0union select 1', 'bare'],
  ['1 union(select 1)', 'bare'],
  ['1 union#x\nselect 1', 'bare'],
  ['1 or sleep(5)', 'bare'],
  ['1 and (select 1)=1', 'bare'],
  ['(select(0)from(select(sleep(5)))v)', 'bare'],
  ['select * from users', 'bare'],
  ['select password from users where id = 1', 'bare'],
  ['select id.name, x from t', 'bare'],
  ['1; drop table users', 'bare'],
  ['1; update users set admin=1', 'bare'],
  ["1; waitfor delay '0:0:5'", 'bare'],
  ["1; exec xp_cmdshell 'dir'", 'bare'],
  ['1; insert into t values (1)', 'bare'],
  ['1; delete from users', 'bare'],
  ['1; declare @x varchar(10)', 'bare'],
  ['1 order by 10', 'bare'],
  ['1 group by 1 having 1=1', 'bare'],
  ['1 limit 1,1', 'bare'],
  ["1 into outfile '/tmp/x'", 'bare'],
  ['1 procedure analyse(1,1)', 'bare'],
  ['case when 1=1 then 1 else 0 end', 'bare'],
  ['ascii(substring(version(),1,1))', 'bare'],
  ['sleep(20)', 'bare'],
  ['1 -- ', 'bare'],
  ['1/*', 'bare'],
  ['1 or true', 'bare'],
  ['1 or x in (select 1)', 'bare'],
  ['@@version union select 1', 'bare'],
  ['1 between 1 and 2 or 1=1', 'bare'],
  ["1' or '1'='1", 'single'],
  ["' or 1=1--", 'single'],
  ["' or 1=1#", 'single'],
  ["'--", 'single'],
  ["admin'--", 'single'],
  ["admin'#", 'single'],
  ["admin'/*", 'single'],
  ["admin';--", 'single'],
  ["') or ('1'='1", 'single'],
  ["' || 'a'='a", 'single'],
  ["'+'", 'single'],
  ["'='", 'single'],
  ["' or email is not null; --", 'single'],
  ["' union select null--", 'single'],
  ["x' and sleep(5) and 'a'='a", 'single'],
  ["x' order by 3#", 'single'],
  ["' and updatexml(1,concat(0x7e,user()),1) and '", 'single'],
  ["x'; shutdown; --", 'single'],
  ["x' waitfor delay '0:0:5'--", 'single'],
  ["x' like '%", 'single'],
  ["\\' or 1=1 -- ", 'single'],
  ['" or ""="', 'double'],
  ['x" or 1=1--', 'double'],
  ['" and "1"="1', 'double'],
  ['x") or ("a"="a', 'double'],
  ["1 'or' 1", 'single'],
  ["x 'or'1", 'single'],
  ['5; exec sp_who', 'bare'],
  ["7'; exec report2 --", 'single'],
  ['9; exec dbo.wipe; ', 'bare'],
  ["x; if (1=1) waitfor delay '0:0:9'", 'bare'],
]

const innocent: readonly string[] = [
  "O'Connor",
  "D'Arcy O'Reilly",
  "it's 5 o'clock",
  'a or b',
  '1950 or 1960',
  '00 and 3',
  'The union select committee meets at noon.',
  'Please select one or more options from the list.',
  'Drop the table by the door; update me later.',
  'insert coin, then select player 1',
  '5\' 6" tall & 3/4 wide',
  '48" x 24"',
  '"quoted phrase" and "another one"',
  'x = 5',
  'f(x) = x^2 + 1',
  'cos(x)',
  'max(1,2)',
  "rock 'n' roll",
  '3-2 and 4-1',
  '1--2',
  'a -- b',
  '#1 fan',
  'C# and F#',
  'order by phone',
  'group 4 and case 5 = 9 bottles',
  'where are you from?',
  'having fun in 2024',
  'limit 5 per customer',
  '2 for 1; limit 3, while stocks last',
  '/*! jQuery v3.6.0 */',
  'a && b || c',
  'if (a == 1 && b == 2) { return; }',
  '{"a": "b", "c": [1, 2]}',
  'https://example.com/?a=1&b=2#c',
  '50% off; use code SAVE10',
  'true or false?',
  'between 1 and 10',
  'he said "union" -- and left',
  "execute it; don't wait",
  'To do: exec summary; system needs; eval forms',
  'The words "and" and "or" join two clauses.',
  "They wrote 'and' or 'or' on the board",
  'My query fails: INSERT INTO parcels (id, weight) VALUES (1, 2.5); any ideas?',
  '- [ ] next: drop table `drafts`',
  'select@shop.example',
  'Open the menu, choose "Print", then pick a printer.',
  'select%20all',
  'In the menu, select "Share", then choose a friend.',
  'use it and declare it',
  '550e8400-e29b-41d4-a716-446655440000',
  '2024-01-01T10:00:00Z',
  'SGVsbG8gd29ybGQ=',
  '',
  "'",
  '"',
]

describe('detectSQLi', () => {
  it.each(attacks)('finds %j (%s)', (input, context) => {
    expect(detectSQLi(input)?.context).toBe(context)
  })

  it.each(innocent)('does not flag %j', (input) => {
    expect(detectSQLi(input)).toBeNull()
  })

  it('finds generated injections of all frames and disguises (seed 11)', () => {
    const missed = sqliAttacks(11, 4_000).filter((input) => detectSQLi(input) === null)
    expect(missed).toEqual([])
  })

  it('flags at most one in a thousand generated innocent values (seed 7)', () => {
    const flagged = benignValues(7, 4_000).filter(({ text }) => detectSQLi(text) !== null)
    expect(flagged.length, JSON.stringify(flagged.slice(0, 5))).toBeLessThanOrEqual(4)
  })

  it('never throws on any bytes and says the same twice', () => {
    const piece = fc.constantFrom(
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
      '/*!',
      ' ',
      '\n',
      '1',
      'x',
      '@',
      '=',
      '<',
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
      'in',
      'between',
      'not',
      'is',
      'null',
      '.',
      '*',
      '-',
      '+',
      '\\',
      '$$',
      "q'[",
      'order',
      'by',
      'limit',
      'values',
      'insert',
      'into',
      '{',
      '}',
      ':',
      '::',
      '\xff',
      '\0',
      '1e',
      '0x',
      'exec',
      'sleep(',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.boolean(), (parts, spaced) => {
        const input = parts.join(spaced ? ' ' : '')
        expect(detectSQLi(input)).toEqual(detectSQLi(input))
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([
    ["'", 'quotes'],
    ['"', 'double quotes'],
    ['\'"', 'mixed quotes'],
    ['(', 'parentheses'],
    ['select ', 'selects'],
    ['union ', 'unions'],
    ['select a,', 'lists'],
    ['/*', 'comments'],
    ['/**/', 'closed comments'],
    ['#\n', 'line comments'],
    ['$$', 'dollar quotes'],
    ["q'[", 'delimited quotes'],
    ['a.', 'qualified names'],
    ['or ', 'logic'],
    ['1 or ', 'numbers'],
    ['; ', 'semicolons'],
    ['a ', 'names'],
    ['[a', 'brackets'],
    ['`', 'back-ticks'],
    ['@', 'variables'],
    ['\\', 'backslashes'],
    ['case when ', 'cases'],
    ['-', 'signs'],
  ])('takes work linear in the number of %j (%s)', (piece) => {
    // Behaviour only: a quadratic walk of 200 KB would run into the test's time limit many times over.
    detectSQLi(piece.repeat(Math.floor(200_000 / piece.length)))
    expect(true).toBe(true)
  })

  it('flags what it cannot read to the end, and reads up to the limit', () => {
    const padding = `or (${'1,'.repeat(MOST_SQL_TOKENS / 2 - 4)}`
    expect(detectSQLi(padding)).toBeNull()
    expect(detectSQLi(`${padding}1,1,1,1,1,1,1`)?.reason).toMatch(/more tokens/)
  })
})
