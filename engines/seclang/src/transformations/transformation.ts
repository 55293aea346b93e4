/**
 * One `t:` function of SecLang. Members know nothing of each other; `registry.ts` lists them.
 * Strings are byte strings: one UTF-16 unit (0 to 255) for one byte, in and out.
 */
export interface Transformation {
  /** The name as rules write it after `t:`. */
  readonly name: string
  /**
   * Transforms one value. Returns the very same reference when nothing changes, so that callers
   * can share cached results by identity. Never throws; time and output are linear in the input.
   */
  apply(input: string): string
}
