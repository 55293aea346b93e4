import { SigmaError } from '../error.ts'
import { sigmaLimits } from '../limits.ts'
import type { Condition } from './condition.ts'

/** Position in the tokens of a condition. */
interface Cursor {
  readonly tokens: readonly string[]
  readonly path: readonly (string | number)[]
  at: number
}

function fail(cursor: Cursor, message: string): never {
  const near = cursor.tokens.slice(Math.max(0, cursor.at - 1), cursor.at + 2).join(' ')
  throw new SigmaError('SIGMA_CONDITION', cursor.path, near === '' ? message : `${message} near "${near}"`)
}

function word(cursor: Cursor): string | undefined {
  return cursor.tokens[cursor.at]?.toLowerCase()
}

function take(cursor: Cursor, expected: string): void {
  if (word(cursor) !== expected) fail(cursor, `expected "${expected}"`)
  cursor.at += 1
}

function parseOr(cursor: Cursor, depth: number): Condition {
  const of = [parseAnd(cursor, depth)]
  while (word(cursor) === 'or') {
    cursor.at += 1
    of.push(parseAnd(cursor, depth))
  }
  return of.length === 1 && of[0] !== undefined ? of[0] : { kind: 'or', of }
}

function parseAnd(cursor: Cursor, depth: number): Condition {
  const of = [parseNot(cursor, depth)]
  while (word(cursor) === 'and') {
    cursor.at += 1
    of.push(parseNot(cursor, depth))
  }
  return of.length === 1 && of[0] !== undefined ? of[0] : { kind: 'and', of }
}

function parseNot(cursor: Cursor, depth: number): Condition {
  if (depth > sigmaLimits.maxConditionDepth)
    fail(cursor, `nested deeper than ${sigmaLimits.maxConditionDepth}`)
  if (word(cursor) === 'not') {
    cursor.at += 1
    return { kind: 'not', of: parseNot(cursor, depth + 1) }
  }
  if (word(cursor) !== '(') return parseTerm(cursor)
  cursor.at += 1
  const inner = parseOr(cursor, depth + 1)
  take(cursor, ')')
  return inner
}

const keywords = new Set(['and', 'or', 'not', 'of', 'them', ')', '('])

function parseTerm(cursor: Cursor): Condition {
  const token = cursor.tokens[cursor.at]
  if (token === undefined) return fail(cursor, 'the condition ends too early')
  const quantifier = token.toLowerCase()
  if (cursor.tokens[cursor.at + 1]?.toLowerCase() === 'of') return parseQuantified(cursor, quantifier)
  if (keywords.has(quantifier)) fail(cursor, 'expected the name of a selection')
  if (!/^[\w.-]+$/.test(token)) fail(cursor, `"${token.slice(0, 40)}" is no name of a selection`)
  cursor.at += 1
  return { kind: 'selection', name: token }
}

function parseQuantified(cursor: Cursor, quantifier: string): Condition {
  if (quantifier !== '1' && quantifier !== 'any' && quantifier !== 'all')
    fail(cursor, 'only "1 of", "any of" and "all of" exist')
  cursor.at += 2
  const pattern = cursor.tokens[cursor.at]
  if (pattern === undefined || !/^[\w.*-]+$/.test(pattern))
    return fail(cursor, 'expected "them" or a name with *')
  cursor.at += 1
  return {
    kind: 'quantified',
    quantifier: quantifier === 'all' ? 'all' : 'any',
    pattern: pattern.toLowerCase() === 'them' ? 'them' : pattern,
  }
}

/**
 * Parses a condition (specification 2.1, "Condition"). Aggregations behind a pipe are no longer Sigma and are refused.
 * @throws SigmaError SIGMA_CONDITION.
 */
export function parseCondition(text: string, path: readonly (string | number)[]): Condition {
  if (text.length > sigmaLimits.maxConditionLength) {
    throw new SigmaError('SIGMA_CONDITION', path, `longer than ${sigmaLimits.maxConditionLength} characters`)
  }
  if (text.includes('|'))
    throw new SigmaError(
      'SIGMA_CONDITION',
      path,
      'aggregation with | is not supported; use a correlation rule',
    )
  const cursor: Cursor = { tokens: text.match(/[()]|[^\s()]+/g) ?? [], path, at: 0 }
  const condition = parseOr(cursor, 1)
  if (cursor.at < cursor.tokens.length) fail(cursor, 'unexpected text behind the condition')
  return condition
}
