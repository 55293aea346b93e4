import { wordFields } from '../fields/fields.ts'
import type { Field } from '../fields/fields.ts'
import { wordPattern } from '../words/word-hashes.ts'
import type { PatternPart, QueryNode, Test } from './query-node.ts'

/** SQL with its parameters. No text of a filter is ever part of the SQL. */
export interface CompiledSql {
  /** A boolean expression that is never NULL. */
  readonly sql: string
  readonly parameters: readonly (string | number)[]
}

/** Lists are stored as text with every item between two of these, which no ECS item holds. */
export const listMark = '\u001f'

function likeOf(parts: readonly PatternPart[]): string {
  return parts
    .map((part) =>
      typeof part === 'string'
        ? part.toLowerCase().replaceAll(/[\\%_]/gu, '\\$&')
        : part.any === 'text'
          ? '%'
          : '_',
    )
    .join('')
}

/**
 * An absent field is NULL, and SQL's third truth value would make `not field:value` miss events without the field.
 * In Sigma, and here, an absent field simply does not match; so every comparison is wrapped.
 */
function neverNull(sql: string): string {
  return `coalesce(${sql}, false)`
}

function textTest(column: string, parts: readonly PatternPart[]): CompiledSql {
  const [only] = parts
  if (parts.length === 1 && typeof only === 'string') {
    return { sql: neverNull(`lower(${column}) = ?`), parameters: [only.toLowerCase()] }
  }
  if (parts.length === 0) return { sql: neverNull(`${column} = ''`), parameters: [] }
  return { sql: neverNull(`lower(${column}) LIKE ? ESCAPE '\\'`), parameters: [likeOf(parts)] }
}

function listTest(column: string, parts: readonly PatternPart[]): CompiledSql {
  // A star must not reach over the end of an item; one per item is what list_any_match would do.
  const sql = `len(list_filter(string_split(lower(${column}), '${listMark}'), x -> x LIKE ? ESCAPE '\\')) > 0`
  return { sql: neverNull(sql), parameters: [likeOf(parts)] }
}

// One text of all fields, with a mark between them that is part of no word: a test for each field would cost more to plan than to run.
const allWords = `lower(concat_ws('${listMark}', ${wordFields.map(({ column }) => column).join(', ')}))`

/** The cheap test first: most rows end there. */
function wordTest(word: string): CompiledSql {
  if (word.includes(listMark)) return { sql: 'false', parameters: [] }
  return {
    sql: `(${allWords} LIKE ? ESCAPE '\\' AND regexp_matches(${allWords}, ?))`,
    parameters: [`%${likeOf([word])}%`, wordPattern(word)],
  }
}

function fieldTest(field: Field, test: Test): CompiledSql {
  const { column } = field
  switch (test.kind) {
    case 'exists':
      return { sql: `(${column} IS NOT NULL)`, parameters: [] }
    case 'compare':
      return { sql: neverNull(`${column} ${test.op} ?`), parameters: [test.value] }
    case 'between':
      return { sql: neverNull(`${column} BETWEEN ? AND ?`), parameters: [test.low, test.high] }
    case 'pattern':
      return field.type === 'list' ? listTest(column, test.parts) : textTest(column, test.parts)
  }
}

function join(compiled: readonly CompiledSql[], operator: 'AND' | 'OR'): CompiledSql {
  return {
    sql: `(${compiled.map(({ sql }) => sql).join(` ${operator} `)})`,
    parameters: compiled.flatMap(({ parameters }) => parameters),
  }
}

/** Compiles a filter to SQL over the events table. Column names come from the table of fields only. */
export function compileSql(node: QueryNode): CompiledSql {
  switch (node.kind) {
    case 'everything':
      return { sql: 'true', parameters: [] }
    case 'and':
    case 'or':
      return join(node.nodes.map(compileSql), node.kind === 'and' ? 'AND' : 'OR')
    case 'not': {
      const { sql, parameters } = compileSql(node.node)
      return { sql: `(NOT ${sql})`, parameters }
    }
    case 'field':
      return fieldTest(node.field, node.test)
    case 'word': {
      const [only] = node.parts
      if (node.parts.length === 1 && typeof only === 'string') return wordTest(only.toLowerCase())
      const around = [{ any: 'text' as const }, ...node.parts, { any: 'text' as const }]
      return join(
        wordFields.map((field) => textTest(field.column, around)),
        'OR',
      )
    }
  }
}
