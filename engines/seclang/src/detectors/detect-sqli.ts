import { type CommentStyle, lexSql, type SqlContext, type SqlTokens } from './sql-lexer.ts'
import { walkSql } from './sql-walk.ts'
import { isWordBehindQuote, mayChangeQuery } from './sql-trigger.ts'

/** Why a value would change the query it is put into. */
export interface SqliFinding {
  /** Where in the query the value would have to stand: bare, or inside a quoted string. */
  readonly context: SqlContext
  /** One sentence for people, without any text of the value. */
  readonly reason: string
}

function judgeStyle(input: string, context: SqlContext, style: CommentStyle): [string | null, SqlTokens] {
  const tokens = lexSql(input, context, style)
  return [walkSql(tokens, input, context), tokens]
}

function judgeContext(input: string, context: SqlContext): string | null {
  const [ansi, tokens] = judgeStyle(input, context, 'ansi')
  if (ansi !== null || !tokens.ambiguous) return ansi
  return judgeStyle(input, context, 'mysql')[0]
}

/**
 * Tells whether a value (a byte string) would change an SQL query that includes it unescaped:
 * MySQL, PostgreSQL, SQLite, SQL Server and Oracle. The value is read as it would stand in the
 * query: as is, inside a single-quoted and inside a double-quoted string; each time the text is
 * parsed on from there, and what the parse adds to the query decides. Null when nothing does.
 * Time is linear in the input.
 */
export function detectSQLi(value: string): SqliFinding | null {
  // A no-break space in UTF-8 is white space for some drivers; its single byte is so for the lexer.
  const input = value.includes('\xc2\xa0') ? value.replaceAll('\xc2\xa0', ' ') : value
  if (input.length < 2) return null
  const bare = mayChangeQuery(input) ? judgeContext(input, 'bare') : null
  if (bare !== null) return { context: 'bare', reason: bare }
  for (const [context, quote] of [
    ['single', "'"],
    ['double', '"'],
  ] as const) {
    if (!input.includes(quote) || isWordBehindQuote(input, quote)) continue
    const reason = judgeContext(input, context)
    if (reason !== null) return { context, reason }
  }
  return null
}
