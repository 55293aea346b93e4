import type { RegexLimits } from './limits.ts'
import type { CacheBudget } from './linear/cache-budget.ts'
import type { LiteralClauses } from './needs/required-literals.ts'

/** How to read a pattern. Everything not given has the value of the PCRE or Go default. */
export interface RegexOptions {
  /**
   * `bytes` (default): inputs are Latin-1 strings, one byte a UTF-16 unit; folding and classes are ASCII only (PCRE without UTF).
   * `string`: inputs are JavaScript strings, matched by code point; folding is Unicode simple folding (Go, RE2).
   */
  readonly mode?: 'bytes' | 'string'
  /** Syntax and class contents; default `pcre` in bytes mode, `go` in string mode. */
  readonly dialect?: 'pcre' | 'go'
  /** As a leading `(?i)`. */
  readonly ignoreCase?: boolean
  /** As a leading `(?s)`: `.` takes `\n` as well. */
  readonly dotAll?: boolean
  /** As a leading `(?m)`: `^` and `$` also hold next to `\n` (never at `\r`). */
  readonly multiline?: boolean
  /**
   * Meaning of `$` when not multiline: `end` (default; Go, CRS's intent, PCRE with DOLLAR_ENDONLY) or
   * `final-newline` (PCRE's default: also before a newline that ends the input).
   */
  readonly dollar?: 'end' | 'final-newline'
  /** `auto` (default): V8 for captures when the pattern is proven safe there; `linear`: never V8. */
  readonly engine?: 'auto' | 'linear'
  /** Memory shared by the automata of many patterns; without it each has `maxCacheBytes` of its own, twice. */
  readonly cache?: CacheBudget
  /** Overrides of single limits. */
  readonly limits?: Partial<RegexLimits>
}

/** One match. Offsets are UTF-16 units in the input. */
export interface Match {
  /** Where the match starts. */
  readonly index: number
  /** Where the match ends (exclusive). */
  readonly end: number
  /** Start and end of group 0, 1, 2 … in turn; -1 twice for a group that took no part. */
  readonly captures: Int32Array
}

/** A compiled pattern. Not re-entrant, holds no reference to inputs, never throws while matching. */
export interface Regex {
  /** The pattern as given. */
  readonly source: string
  /**
   * `v8` when the pattern says exactly the same in V8 and was proven to run there in linear time: captures of
   * patterns in frequent use come from V8. Reading this makes the proof, which can take some milliseconds.
   */
  readonly engine: 'v8' | 'linear'
  /** Fewest UTF-16 units a match can have. */
  readonly minLength: number
  /** Number of groups, group 0 included. */
  readonly groupCount: number
  /** Name of each group by number; undefined for unnamed ones (and for group 0). */
  readonly groupNames: readonly (string | undefined)[]
  /** Every match contains, ignoring ASCII case, at least one literal of each clause. Empty: nothing is known. */
  readonly requiredLiterals: LiteralClauses
  /** Every match contains at least one of these code units; undefined: nothing is known. 256 entries, 1 = member. */
  readonly requiredBytes: Uint8Array | undefined
  /** Work of the last call: code units read, and automaton states visited or built. Charge it to a budget. */
  readonly lastSteps: number
  /**
   * Frees what can be had from the pattern again: its parse tree and what a match must contain. For large rule sets,
   * once their prefilter is built; everything goes on to work.
   */
  forget(): void
  /** Whether the pattern matches anywhere in the input. */
  test(input: string): boolean
  /** The leftmost-first match starting at or after `from` (default 0); null when there is none. */
  exec(input: string, from?: number): Match | null
  /**
   * As `exec(input)`, but only the captures, and these in an array that the next call overwrites: for callers that take
   * what they need at once and match on every line.
   */
  captures(input: string): Int32Array | null
  /** As `exec`, but the texts of group 0, 1, 2 …; undefined for a group that took no part. */
  match(input: string): (string | undefined)[] | null
}
