import type { CacheBudget } from './cache-budget.ts'

/** What the lazy automata of one pattern need to know besides the program. */
export interface LinearOptions {
  /** Inputs are read by code point instead of by byte. */
  readonly wide: boolean
  /** Most bytes one automaton holds. */
  readonly maxCacheBytes: number
  readonly budget: CacheBudget | undefined
  /** Each match is not empty and goes on to the end of an input without a newline. */
  readonly takesRest?: boolean
  /** Captures in one pass where its states fit into the cache; default true. */
  readonly onePass?: boolean
}
