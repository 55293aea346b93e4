/** Named limits of a compilation. Passing one is a `REGEX_LIMIT` error, except where noted. */
export interface RegexLimits {
  /** Longest pattern, in UTF-16 units. */
  readonly maxPatternLength: number
  /** Deepest nesting of groups. */
  readonly maxNesting: number
  /** Largest count in `{n,m}` (Go and RE2 stop at 1,000 as well). */
  readonly maxRepeat: number
  /** Most capturing groups. */
  readonly maxGroups: number
  /** Most instructions after counted repeats are written out. */
  readonly maxProgram: number
  /** Bytes one lazy automaton may hold before it is emptied and built anew; never an error. */
  readonly maxCacheBytes: number
}

/** Limits used when a caller names none. */
export const defaultLimits: RegexLimits = {
  maxPatternLength: 65_536,
  maxNesting: 200,
  maxRepeat: 1_000,
  maxGroups: 1_000,
  maxProgram: 100_000,
  maxCacheBytes: 1_048_576,
}
