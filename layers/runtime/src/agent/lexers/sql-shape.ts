import { codeAt } from './code-at.ts'
import type { SqlDialect } from './sql-spans.ts'

const codes = {
  tab: 9,
  space: 32,
  doubleQuote: 34,
  hash: 35,
  dollar: 36,
  quote: 39,
  star: 42,
  comma: 44,
  minus: 45,
  dot: 46,
  slash: 47,
  zero: 48,
  nine: 57,
  backslash: 92,
  backtick: 96,
} as const

/** Longest statement that is given a shape. */
export const maxShapedStatement = 65_536

function isDigit(code: number): boolean {
  return code >= codes.zero && code <= codes.nine
}

/** Letters, digits, underscore, dollar and everything beyond ASCII: what names are made of. */
function isWord(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    isDigit(code) ||
    code === 95 ||
    code === codes.dollar ||
    code > 127
  )
}

function endOfQuoted(sql: string, start: number, backslash: boolean): number {
  const quote = codeAt(sql, start)
  for (let i = start + 1; i < sql.length; i += 1) {
    const code = codeAt(sql, i)
    if (backslash && code === codes.backslash) i += 1
    else if (code === quote) {
      if (codeAt(sql, i + 1) !== quote) return i + 1
      i += 1
    }
  }
  return -1
}

function endOfNumber(sql: string, start: number): number {
  let i = start
  while (i < sql.length) {
    const code = codeAt(sql, i)
    if (!isWord(code) && code !== codes.dot) break
    i += 1
  }
  return i
}

function endOfComment(sql: string, start: number, dialect: SqlDialect): number {
  const code = codeAt(sql, start)
  const next = codeAt(sql, start + 1)
  const isLine = (code === codes.minus && next === codes.minus) || (dialect.hash && code === codes.hash)
  if (isLine) {
    const end = sql.indexOf('\n', start)
    return end < 0 ? sql.length : end
  }
  if (code !== codes.slash || next !== codes.star) return start
  const end = sql.indexOf('*/', start + 2)
  return end < 0 ? sql.length : end + 2
}

/** Lists of values are one value: their length is data. */
function foldLists(shape: string): string {
  return shape.includes('?,') || shape.includes('? ,')
    ? shape.replace(/\?(?:\s*,\s*\?)+/g, '?+').replace(/(\(\?\+?\))(?:\s*,\s*\(\?\+?\))+/g, '$1+')
    : shape
}

/**
 * The structure of a statement: literals are `?`, comments `--`, white space one space. Two statements of one shape differ
 * in data alone. Undefined when it is too long or a quote stays open. Linear; asked for every statement that is not
 * constant.
 */
export function shapeOf(sql: string, dialect: SqlDialect): string | undefined {
  if (sql.length > maxShapedStatement) return undefined
  let shape = ''
  let from = 0
  let i = 0
  const replace = (end: number, by: string): void => {
    shape += sql.slice(from, i) + by
    from = end
    i = end
  }
  while (i < sql.length) {
    const code = codeAt(sql, i)
    if (code === codes.quote || (code === codes.doubleQuote && dialect.doubleIsText)) {
      const before = codeAt(sql, i - 1) | 32
      const isEscape = before === 101 && !isWord(codeAt(sql, i - 2)) // E'…'
      const end = endOfQuoted(sql, i, dialect.backslash || isEscape)
      if (end < 0) return undefined
      if (isEscape) i -= 1 // the same value with and without a backslash is written with and without an E
      replace(end, '?')
    } else if (code === codes.doubleQuote || code === codes.backtick) {
      const end = endOfQuoted(sql, i, false)
      if (end < 0) return undefined
      i = end // a name in quotes is structure
    } else if (isDigit(code)) replace(endOfNumber(sql, i), '?')
    else if (isWord(code)) {
      if (dialect.dollar && code === codes.dollar) {
        const tag = /^\$(?:[A-Za-z_]\w*)?\$/.exec(sql.slice(i, i + 66))?.[0]
        const close = tag === undefined ? -1 : sql.indexOf(tag, i + tag.length)
        if (tag !== undefined && close < 0) return undefined
        if (tag !== undefined) {
          replace(close + tag.length, '?')
          continue
        }
      }
      do i += 1
      while (i < sql.length && isWord(codeAt(sql, i)))
    } else if (code <= codes.space) {
      let end = i + 1
      while (end < sql.length && codeAt(sql, end) <= codes.space) end += 1
      if (end > i + 1 || code !== codes.space) replace(end, ' ')
      else i = end
    } else {
      const end = endOfComment(sql, i, dialect)
      if (end > i) replace(end, '--')
      else i += 1
    }
  }
  return foldLists(shape + sql.slice(from))
}
