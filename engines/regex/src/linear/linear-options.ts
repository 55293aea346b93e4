import type { CacheBudget } from './cache-budget.ts'

/** What the lazy automata of one pattern need to know besides the program. */
export interface LinearOptions {
  /** Inputs are read by code point instead of by byte. */
  readonly wide: boolean
  /** Most bytes one automaton holds. */
  readonly maxCacheBytes: number
  readonly budget: CacheBudget | undefined
}
