import type { SqlTokens } from './sql-lexer.ts'
import { SQL } from './sql-words.ts'

/**
 * Looks ahead from one keyword and tells whether what follows is the statement or clause that the
 * keyword would start, and not a sentence that happens to use the word. Each look is short, or
 * runs over tokens that no later look of its kind runs over again, so all together stay linear.
 */
export interface SqlSource {
  readonly tokens: SqlTokens
  readonly text: string
}

/** Kind of the token at `i`, `end` behind the last one. */
export function kindAt(source: SqlSource, i: number): number {
  return source.tokens.kinds[i] ?? SQL.end
}

/** The token's text in upper case, at most 40 characters of it. */
export function wordAt(source: SqlSource, i: number): string {
  const start = source.tokens.starts[i] ?? 0
  return source.text.slice(start, Math.min(source.tokens.ends[i] ?? start, start + 40)).toUpperCase()
}

// What can stand behind a complete select item or table, besides a comma and FROM.
const AFTER_ITEM: ReadonlySet<number> = new Set([
  SQL.end,
  SQL.close,
  SQL.comment,
  SQL.union,
  SQL.semicolon,
  SQL.where,
  SQL.having,
  SQL.group,
  SQL.order,
  SQL.limit,
  SQL.into,
  SQL.procedure,
  SQL.openString,
  SQL.braceClose,
  SQL.comma,
  SQL.join,
  SQL.forWord,
  SQL.logic,
])

const NAME_LIKE: ReadonlySet<number> = new Set([
  SQL.name,
  SQL.object,
  SQL.type,
  SQL.values,
  SQL.set,
  SQL.by,
  SQL.quantifier,
  SQL.limit,
  SQL.other,
])

/** Words that open a noun phrase in English: no table is called so. */
export const DETERMINERS: ReadonlySet<string> = new Set(
  (
    'THE A AN THIS THAT THESE THOSE YOUR MY OUR HIS HER ITS THEIR EACH EVERY ANY ALL SOME ONE TWO THREE BOTH ' +
    'AMONG BELOW ABOVE WITHIN OUTSIDE HERE THERE IT WHAT WHICH WHO ME YOU US THEM HIM IT HOME WORK SCRATCH ' +
    'TOP BOTTOM LEFT RIGHT VARIOUS MANY MULTIPLE SEVERAL MORE OTHER ANOTHER NOW TODAY AND OR OF TO IN ON AT BY'
  ).split(' '),
)

/** Moves over `name`, `name.name`, `name.*`; gives the index behind, or `i` when none stands there. */
export function skipName(source: SqlSource, i: number): number {
  if (!NAME_LIKE.has(kindAt(source, i))) return i
  let at = i + 1
  while (kindAt(source, at) === SQL.dot) {
    while (kindAt(source, at) === SQL.dot) at++
    if (kindAt(source, at) !== SQL.end && kindAt(source, at) !== SQL.comment) at++
  }
  return at
}

/** `FROM` stands at `i`: does a table, a subquery or a table function follow? */
export function isFromClause(source: SqlSource, i: number): boolean {
  const first = kindAt(source, i + 1)
  if (first === SQL.open || first === SQL.sqlCall || first === SQL.variable) return true
  if (DETERMINERS.has(wordAt(source, i + 1))) return false
  let at = skipName(source, i + 1)
  if (at === i + 1) return false
  if (at > i + 2) return true
  if (kindAt(source, at) === SQL.open) return true
  if (kindAt(source, at) === SQL.as) at += 2
  else if (kindAt(source, at) === SQL.name) at++
  return AFTER_ITEM.has(kindAt(source, at))
}

function skipOpens(source: SqlSource, i: number): number {
  let at = i
  while (kindAt(source, at) === SQL.open || kindAt(source, at) === SQL.quantifier) at++
  return at
}

function skipPrefixes(source: SqlSource, i: number): number {
  let at = i
  for (;;) {
    const kind = kindAt(source, at)
    if (kind !== SQL.open && kind !== SQL.quantifier && kind !== SQL.unary && kind !== SQL.not) return at
    at++
  }
}

/** A literal stands at `i`: is it a select item (and not "select 2 items")? */
function isLiteralItem(source: SqlSource, i: number): boolean {
  let at = i + 1
  const next = kindAt(source, at)
  if (next === SQL.from) return isFromClause(source, at)
  if (next === SQL.inside || next === SQL.is || next === SQL.between) return true
  if (next === SQL.as || next === SQL.arithmetic || next === SQL.comparison || next === SQL.dot) return true
  if (next === SQL.name) at++
  const after = kindAt(source, at)
  if (after === SQL.from) return isFromClause(source, at)
  if (next === SQL.name) return after === SQL.comma || after === SQL.union || after === SQL.close
  // 'select "Print", then choose a printer': words stand behind the comma, not items.
  if (after === SQL.comma && !startsItem(source, at + 1)) return false
  return AFTER_ITEM.has(after)
}

/** What stands at `i` may be the next item of a list, and is not three words of a sentence. */
function startsItem(source: SqlSource, i: number): boolean {
  const kind = kindAt(source, i)
  if (kind === SQL.name) return [1, 2].some((step) => kindAt(source, i + step) !== SQL.name)
  return kind !== SQL.thenWord
}

/** Names and commas up to FROM: "id, name from users" yes, "one of the items" no. */
function isNameList(source: SqlSource, i: number): boolean {
  let at = i
  let items = 0
  for (;;) {
    while (kindAt(source, at) === SQL.open) at++
    const behind = skipName(source, at)
    if (behind === at) return items > 0 && startsValue(source, at) && hasTable(source, at)
    at = behind
    while (kindAt(source, at) === SQL.close) at++
    const kind = kindAt(source, at)
    if (kind === SQL.as) at += 2
    else if (kind === SQL.name) at++
    const next = kindAt(source, at)
    if (next === SQL.from) return isFromClause(source, at)
    if (next === SQL.open) return behind > at + 1
    if (next === SQL.arithmetic || next === SQL.comparison)
      return startsValue(source, at + 1) && hasTable(source, at)
    if (next !== SQL.comma) return items > 0 && (next === SQL.union || next === SQL.comment)
    items++
    at++
  }
}

/** Most tokens between a SELECT and its FROM that are looked at. */
const MOST_LIST_TOKENS = 200

/** A FROM clause stands behind `i`, before any further SELECT. */
export function hasTable(source: SqlSource, i: number): boolean {
  for (let at = i; at < i + MOST_LIST_TOKENS; at++) {
    const kind = kindAt(source, at)
    if (kind === SQL.from) return isFromClause(source, at)
    if (kind === SQL.end || kind === SQL.select) return false
  }
  return false
}

/** A literal, a variable or a call of SQL stands at `i`. */
export function startsValue(source: SqlSource, i: number): boolean {
  const kind = kindAt(source, i)
  return (
    kind === SQL.number ||
    kind === SQL.string ||
    kind === SQL.variable ||
    kind === SQL.constant ||
    kind === SQL.sqlCall ||
    kind === SQL.plainCall
  )
}

/** `SELECT` stands at `i`: does a select list follow, and not the rest of a sentence? */
export function isSelect(source: SqlSource, i: number): boolean {
  if (source.tokens.exponentDots) return true
  const at = skipPrefixes(source, i + 1)
  if (wordAt(source, at - 1) === 'TOP' && kindAt(source, at) === SQL.number) return true
  if (kindAt(source, at - 1) === SQL.unary && kindAt(source, at) !== SQL.name) return true
  const kind = kindAt(source, at)
  switch (kind) {
    case SQL.number:
    case SQL.string:
    case SQL.constant:
      return isLiteralItem(source, at)
    case SQL.variable:
      return !/^@[\w-]{1,63}\.[a-z]/i.test(
        source.text.slice(source.tokens.starts[at], (source.tokens.starts[at] ?? 0) + 80),
      )
    case SQL.sqlCall:
    case SQL.plainCall:
    case SQL.select:
    case SQL.dot:
    case SQL.braceOpen:
      return true
    case SQL.union:
      return startsValue(source, at + 1)
    case SQL.caseWord:
      return kindAt(source, at + 1) === SQL.when || kindAt(source, at + 2) === SQL.when
    case SQL.openString:
      return at > i + 1
    case SQL.arithmetic:
      return isSignedItem(source, at)
    default:
      return isNameList(source, at)
  }
}

function isSignedItem(source: SqlSource, i: number): boolean {
  if (source.text[source.tokens.starts[i] ?? 0] === '*') {
    const next = kindAt(source, i + 1)
    return next === SQL.from ? isFromClause(source, i + 1) : AFTER_ITEM.has(next)
  }
  if (!/[-+]/.test(source.text[source.tokens.starts[i] ?? 0] ?? '')) return false
  let at = i
  while (kindAt(source, at) === SQL.arithmetic || kindAt(source, at) === SQL.open) at++
  return startsValue(source, at) || kindAt(source, at) === SQL.select
}

/**
 * `UNION` (or EXCEPT …) stands at `i`: does a query follow? `trusted` says that what stands before
 * is a value, so that SELECT alone is proof; else it could be a union's select committee.
 */
export function isUnion(source: SqlSource, i: number, trusted: boolean): boolean {
  const at = skipOpens(source, i + 1)
  const kind = kindAt(source, at)
  if (kind === SQL.select) return trusted || at > i + 1 || isSelect(source, at)
  if (wordAt(source, at) === 'VALUES') return kindAt(source, at + 1) === SQL.open || kind === SQL.plainCall
  if (wordAt(source, at) === 'TABLE') return kindAt(source, at + 1) === SQL.name
  // Cut off behind UNION ALL or UNION ( by a comment or the end: a probe for the next request.
  if (kind === SQL.comment && trusted && source.text.startsWith('/*', source.tokens.starts[at])) return true
  return at > i + 1 && (kind === SQL.comment || kind === SQL.end)
}
