import type { LiteralClauses, OperatorMatcher } from '../operators/operator.ts'

type Needs = (matcher: OperatorMatcher) => { readonly literals?: LiteralClauses; readonly bytes?: Uint8Array }

function bytesOf(text: string): Uint8Array {
  const set = new Uint8Array(256)
  for (let at = 0; at < text.length; at++) set[text.charCodeAt(at)] = 1
  return set
}

// What `detectSQLi` looks for before it reads anything: signs that leave a value, or words that join clauses.
const sqlSigns = [...'[\'"`;=<>()|&@#*+\\~!^{'].filter((unit) => unit !== '[')
const sqlWords = [
  '--',
  '..',
  'and',
  'between',
  'case',
  'create',
  'declare',
  'delete',
  'drop',
  'exec',
  'group',
  'having',
]
const moreSqlWords = [
  'in',
  'insert',
  'into',
  'is',
  'like',
  'limit',
  'or',
  'procedure',
  'select',
  'shutdown',
  'union',
  'update',
  'waitfor',
]

const table: Readonly<Record<string, Needs>> = {
  detectsqli: () => ({ literals: [[...sqlSigns, ...sqlWords, ...moreSqlWords]] }),
  detectxss: () => ({ bytes: bytesOf('<=') }),
  validatebyterange: (matcher) => ({
    bytes: Uint8Array.from({ length: 256 }, (_, unit) =>
      matcher.match(String.fromCharCode(unit), null) ? 1 : 0,
    ),
  }),
  validateurlencoding: () => ({ bytes: bytesOf('%') }),
  validateutf8encoding: () => ({
    bytes: Uint8Array.from({ length: 256 }, (_, unit) => (unit > 127 ? 1 : 0)),
  }),
}

/**
 * Adds what every match of an operator holds, for operators that do not say so themselves. A test runs each of them
 * with and without the prefilter on generated values.
 */
export function withNeeds(name: string, matcher: OperatorMatcher): OperatorMatcher {
  const needs = Object.hasOwn(table, name) ? table[name] : undefined
  if (needs === undefined || matcher.literals !== undefined) return matcher
  return { ...matcher, ...needs(matcher) }
}
