import { Spans, kinds } from './spans.ts'

/** How a database reads quotes. */
export interface SqlDialect {
  /** A backslash escapes the next character inside quotes (MySQL, and PostgreSQL after E). */
  readonly backslash: boolean
  /** `"` quotes text (MySQL) and not a name. */
  readonly doubleIsText: boolean
  /** `#` starts a comment (MySQL). */
  readonly hash: boolean
  /** `$tag$ … $tag$` quotes text (PostgreSQL). */
  readonly dollar: boolean
}

/** The dialects of the databases whose drivers are known. */
export const sqlDialects: {
  readonly postgres: SqlDialect
  readonly mysql: SqlDialect
  readonly sqlite: SqlDialect
} = {
  postgres: { backslash: false, doubleIsText: false, hash: false, dollar: true },
  mysql: { backslash: true, doubleIsText: true, hash: true, dollar: false },
  sqlite: { backslash: false, doubleIsText: false, hash: false, dollar: false },
}

function endOfQuoted(sql: string, start: number, backslash: boolean): number {
  const quote = sql[start]
  let i = start + 1
  while (i < sql.length) {
    if (backslash && sql[i] === '\\') i += 2
    else if (sql[i] !== quote) i += 1
    else if (sql[i + 1] === quote) i += 2
    else return i + 1
  }
  return sql.length
}

function endOfBlockComment(sql: string, start: number): number {
  let depth = 1
  let i = start + 2
  while (i < sql.length && depth > 0) {
    if (sql.startsWith('*/', i)) depth -= 1
    else if (sql.startsWith('/*', i)) depth += 1
    else {
      i += 1
      continue
    }
    i += 2
  }
  return i
}

function endOfLine(sql: string, start: number): number {
  const end = sql.indexOf('\n', start)
  return end < 0 ? sql.length : end
}

function markQuoted(spans: Spans, start: number, end: number, width: number): void {
  spans.mark(start, end, kinds.delimiter)
  spans.mark(start + width, Math.max(start + width, end - width), kinds.literal)
}

/** Reads text that is put together; linear in its length. */
export function readSql(sql: string, dialect: SqlDialect): Spans {
  const spans = new Spans(sql.length)
  let i = 0
  while (i < sql.length) {
    const mark = sql[i]
    let end = i + 1
    if (mark === "'" || mark === '"' || mark === '`') {
      const isEscapeString = mark === "'" && /[eE]/.test(sql[i - 1] ?? '') && !/\w/.test(sql[i - 2] ?? ' ')
      end = endOfQuoted(sql, i, dialect.backslash || isEscapeString)
      markQuoted(spans, i, end, 1)
    } else if (sql.startsWith('--', i) || (dialect.hash && mark === '#')) {
      end = endOfLine(sql, i)
      spans.mark(i, end, kinds.comment)
    } else if (sql.startsWith('/*', i)) {
      end = endOfBlockComment(sql, i)
      spans.mark(i, end, kinds.comment)
    } else if (dialect.dollar && mark === '$') {
      const tag = /^\$(?:[A-Za-z_]\w*)?\$/.exec(sql.slice(i, i + 66))?.[0]
      if (tag !== undefined) {
        const close = sql.indexOf(tag, i + tag.length)
        end = close < 0 ? sql.length : close + tag.length
        markQuoted(spans, i, end, tag.length)
      }
    }
    i = end
  }
  return spans
}
