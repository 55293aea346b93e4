/** Token classes of the SQL lexer. Words that play no part in a decision are plain `name`. */
export const SQL = {
  end: 0,
  number: 1,
  string: 2,
  /** A string without its closing quote: the query's own quote closes it. */
  openString: 3,
  variable: 4,
  name: 5,
  /** NULL, TRUE, FALSE, UNKNOWN, \N and words such as CURRENT_USER that are values by themselves. */
  constant: 6,
  /** A function that only SQL has, or that shows what the server is. */
  sqlCall: 7,
  /** A function that other languages and mathematics have too. */
  plainCall: 8,
  arithmetic: 9,
  comparison: 10,
  logic: 11,
  not: 12,
  is: 13,
  inside: 14,
  between: 15,
  unary: 16,
  open: 17,
  close: 18,
  comma: 19,
  semicolon: 20,
  dot: 21,
  colon: 22,
  braceOpen: 23,
  braceClose: 24,
  comment: 25,
  union: 26,
  quantifier: 27,
  select: 28,
  from: 29,
  where: 30,
  having: 31,
  group: 32,
  order: 33,
  by: 34,
  limit: 35,
  into: 36,
  as: 37,
  caseWord: 38,
  when: 39,
  thenWord: 40,
  otherwise: 41,
  endWord: 42,
  join: 43,
  set: 44,
  /** A verb that starts a statement: INSERT, UPDATE, DROP, EXEC, DECLARE … */
  verb: 45,
  /** What a verb acts on: TABLE, DATABASE, VIEW … */
  object: 46,
  values: 47,
  type: 48,
  collate: 49,
  procedure: 50,
  forWord: 51,
  assign: 52,
  cast: 53,
  ifWord: 54,
  with: 55,
  other: 56,
} as const

const table = new Map<string, number>()

function add(kind: number, words: string): void {
  for (const word of words.split(' ')) table.set(word, kind)
}

add(SQL.logic, 'AND OR XOR')
add(SQL.not, 'NOT')
add(SQL.comparison, 'LIKE RLIKE REGEXP ILIKE GLOB SIMILAR SOUNDS MATCH AGAINST')
add(SQL.arithmetic, 'DIV MOD')
add(SQL.is, 'IS')
add(SQL.inside, 'IN')
add(SQL.between, 'BETWEEN')
add(SQL.unary, 'BINARY EXISTS ANY SOME INTERVAL PRIOR')
add(
  SQL.constant,
  'NULL TRUE FALSE UNKNOWN CURRENT_USER CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP LOCALTIME ' +
    'LOCALTIMESTAMP SESSION_USER SYSTEM_USER SYSDATE UTC_DATE UTC_TIME UTC_TIMESTAMP',
)
add(SQL.union, 'UNION EXCEPT INTERSECT MINUS')
add(SQL.quantifier, 'ALL DISTINCT DISTINCTROW TOP')
add(SQL.select, 'SELECT')
add(SQL.from, 'FROM')
add(SQL.where, 'WHERE')
add(SQL.having, 'HAVING')
add(SQL.group, 'GROUP')
add(SQL.order, 'ORDER')
add(SQL.by, 'BY')
add(SQL.limit, 'LIMIT OFFSET FETCH')
add(SQL.into, 'INTO')
add(SQL.as, 'AS')
add(SQL.caseWord, 'CASE')
add(SQL.when, 'WHEN')
add(SQL.thenWord, 'THEN')
add(SQL.otherwise, 'ELSE')
add(SQL.endWord, 'END')
add(SQL.join, 'JOIN INNER OUTER CROSS NATURAL ON USING')
add(SQL.set, 'SET')
add(
  SQL.verb,
  'INSERT UPDATE DELETE DROP CREATE ALTER TRUNCATE EXEC EXECUTE DECLARE WAITFOR SHUTDOWN BEGIN GOTO ' +
    'USE GRANT REVOKE CALL LOAD MERGE VACUUM PREPARE BACKUP RESTORE HANDLER PRINT RENAME COPY ATTACH PRAGMA RECONFIGURE DO',
)
add(SQL.object, 'TABLE DATABASE SCHEMA USER VIEW INDEX FUNCTION TRIGGER LOGIN ROLE COLUMN')
add(SQL.values, 'VALUES')
add(
  SQL.type,
  'VARCHAR NVARCHAR VARCHAR2 INT INTEGER BIGINT SMALLINT TINYINT NUMERIC DECIMAL FLOAT SIGNED ' +
    'UNSIGNED NCHAR VARBINARY SYSNAME',
)
add(SQL.collate, 'COLLATE ESCAPE')
add(SQL.procedure, 'PROCEDURE')
add(SQL.forWord, 'FOR')
add(SQL.ifWord, 'IF')
add(SQL.with, 'WITH')

const SQL_ONLY =
  'AES_DECRYPT AES_ENCRYPT ANALYSE ASCII BENCHMARK BIN BIT_LENGTH CAST CHAR CHARSET CHARINDEX CHAR_LENGTH CHR COALESCE ' +
  'COLLATION COMPRESS CONCAT CONCAT_WS CONNECTION_ID CONV CONVERT CURDATE CURTIME DATABASE DATEDIFF ' +
  'DATE_ADD DATE_SUB DB_NAME DECODE DES_DECRYPT DES_ENCRYPT ELT ENCODE EXPORT_SET EXTRACTVALUE FILETOBLOB ' +
  'FIELD FIND_IN_SET FOUND_ROWS FROM_BASE64 FROM_UNIXTIME GREATEST GROUP_CONCAT GET_LOCK HEX HOST_NAME ' +
  'IFNULL IIF INET_ATON INSTR IS_MEMBER IS_SRVROLEMEMBER ISNULL JSON_KEYS JSON_EXTRACT LAST_INSERT_ID ' +
  'LEAST LISTAGG LOAD_FILE LOCATE LPAD LTRIM MAKE_SET MASTER_POS_WAIT MD5 MID NAME_CONST NEWID NULLIF NVL ' +
  'OBJECT_ID OCT OCTET_LENGTH OPENROWSET OPENDATASOURCE OPENQUERY ORD PG_SLEEP PG_READ_FILE PG_LS_DIR ' +
  'PASSWORD PATINDEX POSITION QUOTENAME RANDOMBLOB REPLICATE ROW_COUNT RPAD RTRIM SCHEMA SERVERPROPERTY ' +
  'SHA SHA1 SHA2 SLEEP SOUNDEX SPACE SQLITE_VERSION STRCMP STR_TO_DATE STUFF SUBSTR SUBSTRING ' +
  'SUBSTRING_INDEX SUSER_NAME SUSER_SNAME SYSTEM_USER SESSION_USER CURRENT_USER TO_CHAR TO_NUMBER ' +
  'TO_BASE64 TRUNCATE UNCOMPRESS UNHEX UNIX_TIMESTAMP UPDATEXML UPPER LOWER LCASE UCASE USER USER_NAME ' +
  'USER_ID UTC_DATE UTC_TIME UUID UUID_SHORT VERSION XMLTYPE XP_CMDSHELL XP_DIRTREE XP_REGREAD ' +
  'LOAD_EXTENSION TYPEOF ZEROBLOB GENERATE_SERIES QUERY_TO_XML DATABASE_TO_XML CURRENT_DATABASE ' +
  'STRING_AGG ARRAY_AGG JSON_AGG XMLAGG WM_CONCAT GTID_SUBSET GTID_SUBTRACT HTTPURITYPE DB_ID ' +
  'CURRENT_SCHEMA CURRENT_SETTING INET_SERVER_ADDR RAWTOHEX UTL_INADDR DBMS_PIPE CTXSYS NCHR'

const SHARED =
  'ABS ACOS ASIN ATAN ATAN2 AVG CEIL CEILING COS COT COUNT CRC32 DATE DAY DEGREES EXP FLOOR FORMAT ' +
  'HOUR INSERT LEFT LEN LENGTH LN LOG LOG10 LOG2 MAX MIN MINUTE MOD MONTH NOW PI POW POWER QUARTER ' +
  'RADIANS RAND RANDOM REPEAT REPLACE REVERSE RIGHT ROUND SECOND SIGN SIN SQRT STDDEV SUM TAN TIME ' +
  'TRIM WEEK YEAR VALUES IF TRUNC GETDATE DEFAULT ROW'

const sqlCalls: ReadonlySet<string> = new Set(SQL_ONLY.split(' '))
const plainCalls: ReadonlySet<string> = new Set(SHARED.split(' '))

/** Longest word in the tables: longer ones need no look-up. */
export const LONGEST_SQL_WORD = 24

/** Gives the class of a word in upper case, `name` when it is none of SQL's. */
export function sqlWordKind(upper: string): number {
  return table.get(upper) ?? SQL.name
}

/** Gives the class of a word in upper case that is followed by `(`, or 0 when it is no function. */
export function sqlCallKind(upper: string): number {
  if (sqlCalls.has(upper)) return SQL.sqlCall
  return plainCalls.has(upper) ? SQL.plainCall : 0
}
