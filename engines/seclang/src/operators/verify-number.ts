import type { Operator } from './operator.ts'
import { compilePattern } from './pattern.ts'

/**
 * Bytes of candidate matches that one value may cost, as a multiple of its length: `\d+` on a
 * long run of digits matches at every start, which would take quadratic time.
 */
export const CANDIDATE_FACTOR = 64

/**
 * Builds an operator whose parameter is a pattern that finds candidates (overlapping ones too),
 * and which matches when the digits of one of them pass `valid`. Capture 0 is that candidate.
 */
export function verifyNumber(name: string, valid: (digits: string) => boolean): Operator {
  return {
    name,
    compile(param, context) {
      const pattern = compilePattern(param, context.regex)
      return {
        match(input, captures) {
          const groups: string[] = []
          let budget = CANDIDATE_FACTOR * (input.length + 64)
          let from = 0
          while (from < input.length && budget > 0) {
            const at = pattern.find(input, from, groups)
            if (at < 0) return false
            const candidate = groups[0] ?? ''
            budget -= candidate.length + 1
            if (valid(candidate.replace(/[^0-9]+/g, ''))) {
              if (captures !== null) captures[0] = candidate
              return true
            }
            from = at + 1
          }
          return false
        },
      }
    },
  }
}
