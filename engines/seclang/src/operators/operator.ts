import type { CacheBudget } from '@sevenfold/regex'

/**
 * Which libmodsecurity behaviour a regular expression is read with (issue: the peers differ in `^` and `$`).
 * `crs` reads them as the ends of the whole value, as the Core Rule Set intends; `libmodsecurity3` as the ends of a line.
 */
export interface RegexDialect {
  readonly multiline: boolean
  /** Memory that all expressions of a rule set share for their automata; without it each has its own. */
  readonly cache?: CacheBudget
}

/** What an operator may use while it is compiled: nothing else of the outside world is reachable from it. */
export interface OperatorContext {
  readonly regex: RegexDialect
  /** Text (one character a byte) of a data file named in a rule of file `from`. Throws when it cannot be read. */
  readonly readDataFile: (path: string, from: string) => string
  /** File of the rule that is being compiled; the second argument for `readDataFile`. */
  readonly from: string
}

/**
 * Necessary condition of a match, as an AND of ORs: an input can only match when of every clause at least one string
 * occurs in it, ASCII letters compared without case. Strings are lower case and not empty; no clause is empty.
 */
export type LiteralClauses = readonly (readonly string[])[]

/** A match that is looked for in pieces; see `OperatorMatcher.open`. */
export interface OperatorSearch {
  /** Bytes of work done so far. */
  readonly work: number
  /** Whether something was found; only true once `goOn` gave true. */
  readonly matched: boolean
  /** Goes on for about so many bytes of work (at least some); true when the outcome is known. */
  goOn(work: number): boolean
}

/** One operator with its parameter compiled: a pure predicate over byte strings (one character a byte). */
export interface OperatorMatcher {
  /**
   * True when `input` fulfils the operator. `captures` (null when the rule does not capture) is filled on a match:
   * index 0 is the whole match, 1 to 9 the groups; groups that took no part are the empty string.
   */
  match(input: string, captures: string[] | null): boolean
  /**
   * Whether any of several values, one under the other with line feeds between, may match; false is certain. One look
   * at the whole costs less than one at each.
   */
  matchesAny?(joined: string): boolean
  /**
   * Begins a match that can be left and gone on with, for operators that read a value several times: with one of
   * 128 KB they would keep all other requests waiting. The outcome is that of `match`.
   */
  open?(input: string): OperatorSearch
  /** Required literals for the prefilter, when the operator knows them. */
  readonly literals?: LiteralClauses | undefined
  /** Every match holds at least one of these bytes (256 entries, 1 = member), when the operator knows them. */
  readonly bytes?: Uint8Array | undefined
  /** Frees what only the prefilter needed, once it is built; everything goes on to work. */
  forget?(): void
}

/** A family member: `@name parameter`. Compilation throws an Error with a plain message when the parameter is wrong. */
export interface Operator {
  readonly name: string
  compile(param: string, context: OperatorContext): OperatorMatcher
}
