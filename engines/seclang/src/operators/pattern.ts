import { compileRegex, type Regex } from '@sevenfold/regex'
import type { LiteralClauses, RegexDialect } from './operator.ts'

/** Captures a rule can use: TX.0 to TX.9. */
export const MOST_CAPTURES = 10

/** A rule's regular expression over byte strings, in linear time. */
export interface Pattern {
  /** The leftmost match at or after `from`: its start, or -1; `groups` gets group 0 to 9. */
  find(input: string, from: number, groups: string[] | null): number
  /** True when a match exists anywhere. */
  test(input: string): boolean
  /** The compiled expression, for step counts and prefilters. */
  readonly regex: Regex
  /** Worked out when asked for. */
  readonly literals: LiteralClauses | undefined
}

const LAST_NOT = /^([^]*)\(\?!([A-Za-z0-9_ -]{1,32})\)$/

/**
 * Rewrites a literal "not followed by" at the very end of a pattern, which rules use (`<\?(?!xml)`),
 * into what may follow instead; the match is then longer by the letters that were looked at.
 */
function withoutLastNot(source: string): string {
  const found = LAST_NOT.exec(source)
  if (found === null) return source
  const [, head = '', word = ''] = found
  let rest = ''
  for (const letter of Array.from(word).toReversed()) {
    const mark = letter === '-' ? '\\-' : letter
    rest = rest === '' ? `(?:$|[^${mark}])` : `(?:$|[^${mark}]|${mark}${rest})`
  }
  return head + rest
}

function fill(input: string, captures: Int32Array, groups: string[]): void {
  groups.length = 0
  for (let slot = 0; slot < captures.length && groups.length < MOST_CAPTURES; slot += 2) {
    const start = captures[slot] ?? -1
    groups.push(start < 0 ? '' : input.slice(start, captures[slot + 1]))
  }
}

/**
 * Compiles a rule's pattern as ModSecurity does: bytes, `.` takes line ends, `$` only at the very
 * end (and at line ends in the `libmodsecurity3` dialect). Throws an Error that says what is wrong
 * with it, also for look-around (but for a
 * literal `(?!…)` at the end) and back-references, which no linear matcher has.
 */
export function compilePattern(source: string, dialect: RegexDialect): Pattern {
  const regex = compileRegex(withoutLastNot(source), {
    mode: 'bytes',
    dotAll: true,
    multiline: dialect.multiline,
    ...(dialect.cache === undefined ? {} : { cache: dialect.cache }),
  })
  return {
    regex,
    find(input, from, groups) {
      const found = regex.exec(input, from)
      if (found === null) return -1
      if (groups !== null) fill(input, found.captures, groups)
      return found.index
    },
    test: (input) => regex.test(input),
    get literals() {
      return regex.requiredLiterals.length === 0 ? undefined : regex.requiredLiterals
    },
  }
}
