import type { Operator } from './operator.ts'
import { compilePattern } from './pattern.ts'

/** Most matches `@rxGlobal` collects captures from. */
export const MOST_GLOBAL_MATCHES = 100

/** `@rx pattern`: the regular expression matches somewhere; captures 0 to 9 are the groups. */
export const rx: Operator = {
  name: 'rx',
  compile(param, context) {
    const pattern = compilePattern(param, context.regex)
    return {
      match: (input, captures) =>
        captures === null ? pattern.test(input) : pattern.find(input, 0, captures) >= 0,
      get literals() {
        return pattern.literals
      },
    }
  },
}

/** `@rxGlobal pattern`: as `@rx`, with the captures of all matches in order, ten at most. */
export const rxGlobal: Operator = {
  name: 'rxGlobal',
  compile(param, context) {
    const pattern = compilePattern(param, context.regex)
    return {
      match(input, captures) {
        if (captures === null) return pattern.test(input)
        const groups: string[] = []
        let from = 0
        let found = false
        for (let n = 0; n < MOST_GLOBAL_MATCHES && from <= input.length; n++) {
          const at = pattern.find(input, from, groups)
          if (at < 0) break
          found = true
          for (const group of groups) if (captures.length < 10) captures.push(group)
          from = at + Math.max(1, groups[0]?.length ?? 0)
        }
        return found
      },
      get literals() {
        return pattern.literals
      },
    }
  },
}
