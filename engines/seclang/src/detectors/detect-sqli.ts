import { type CommentStyle, lexOn, openSqlLexer, type SqlContext, type SqlLexer } from './sql-lexer.ts'
import { isWordBehindQuote, mayChangeQuery } from './sql-trigger.ts'
import { endSqlWalk, openSqlWalk, walkOn } from './sql-walk.ts'
import type { Walk } from './sql-walk-state.ts'

/** Why a value would change the query it is put into. */
export interface SqliFinding {
  /** Where in the query the value would have to stand: bare, or inside a quoted string. */
  readonly context: SqlContext
  /** One sentence for people, without any text of the value. */
  readonly reason: string
}

const contexts: readonly SqlContext[] = ['bare', 'single', 'double']

/**
 * The judgement of one value, in pieces: a value is read up to six times (three places where it may stand, two kinds of
 * comments), and with a long one that must not keep other requests waiting.
 */
export class SqliSearch {
  /** What was found, once `goOn` gave true; null when nothing was. */
  finding: SqliFinding | null = null
  /** Bytes and tokens read so far, in all readings. */
  work = 0
  readonly #input: string
  /** Number of the context to read next. */
  #next = 0
  #context: SqlContext = 'bare'
  #style: CommentStyle = 'ansi'
  #lexer: SqlLexer | null = null
  #walk: Walk | null = null

  constructor(value: string) {
    // A no-break space in UTF-8 is white space for some drivers; its single byte is so for the lexer.
    this.#input = value.includes('\xc2\xa0') ? value.replaceAll('\xc2\xa0', ' ') : value
  }

  /** Reads on for about `work` bytes or tokens; true when the value is judged. */
  goOn(work: number): boolean {
    const until = this.work + work
    while (this.work < until) {
      if (this.#lexer === null) {
        if (!this.#open()) return true
      } else if (this.#walk === null) this.#lexOn(this.#lexer, until - this.work)
      else if (this.#walkOn(this.#lexer, this.#walk, until - this.work)) return true
    }
    return false
  }

  /** Begins the next reading; false when there is none. */
  #open(): boolean {
    const input = this.#input
    for (;;) {
      const context = contexts[this.#next]
      if (context === undefined || input.length < 2) return false
      this.#next++
      if (context === 'bare') {
        if (!mayChangeQuery(input)) continue
      } else {
        const quote = context === 'single' ? "'" : '"'
        if (!input.includes(quote) || isWordBehindQuote(input, quote)) continue
      }
      this.#context = context
      this.#begin('ansi')
      return true
    }
  }

  #begin(style: CommentStyle): void {
    this.#style = style
    this.#walk = null
    this.#lexer = openSqlLexer(this.#input, this.#context, style)
    // The string that the value begins in.
    this.work += this.#lexer.at
  }

  #lexOn(lexer: SqlLexer, most: number): void {
    const from = lexer.at
    const isDone = lexOn(lexer, from + most)
    this.work += Math.max(1, lexer.at - from)
    if (!isDone) return
    this.#walk = openSqlWalk(lexer, this.#input, this.#context)
    if (this.#walk === null) this.#close(lexer, null)
  }

  #walkOn(lexer: SqlLexer, walk: Walk, most: number): boolean {
    const from = walk.i
    const isDone = walkOn(walk, from + most)
    this.work += Math.max(1, walk.i - from)
    return isDone && this.#close(lexer, endSqlWalk(walk))
  }

  /** Ends a reading: with a finding, or by going on to the next one. True when the value is judged. */
  #close(lexer: SqlLexer, reason: string | null): boolean {
    if (reason !== null) {
      this.finding = { context: this.#context, reason }
      return true
    }
    if (this.#style === 'ansi' && lexer.ambiguous) this.#begin('mysql')
    else this.#lexer = null
    return false
  }
}

/**
 * Tells whether a value (a byte string) would change an SQL query that includes it unescaped:
 * MySQL, PostgreSQL, SQLite, SQL Server and Oracle. The value is read as it would stand in the
 * query: as is, inside a single-quoted and inside a double-quoted string; each time the text is
 * parsed on from there, and what the parse adds to the query decides. Null when nothing does.
 * Time is linear in the input.
 */
export function detectSQLi(value: string): SqliFinding | null {
  const search = new SqliSearch(value)
  search.goOn(Infinity)
  return search.finding
}
