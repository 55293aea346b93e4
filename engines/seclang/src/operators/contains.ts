import { requires } from './literal-clause.ts'
import type { Operator, OperatorMatcher } from './operator.ts'

const compile = (param: string): OperatorMatcher => ({
  match: (input) => input.includes(param),
  ...requires(param),
})

/** `@contains text`: the text occurs in the value, case and all. */
export const contains: Operator = { name: 'contains', compile }

/** `@strmatch text`: as `@contains`; the name comes from ModSecurity 2. */
export const strmatch: Operator = { name: 'strmatch', compile }
