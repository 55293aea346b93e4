import type { Operator, OperatorMatcher } from './operator.ts'

const BAD_ESCAPE = /%(?![0-9a-fA-F]{2})/
const MATCHER: OperatorMatcher = {
  match: (input) => input.includes('%') && BAD_ESCAPE.test(input),
  literals: [['%']],
}

/** `@validateUrlEncoding`: true when a `%` is not followed by two hexadecimal digits. */
export const validateUrlEncoding: Operator = {
  name: 'validateUrlEncoding',
  compile: () => MATCHER,
}
