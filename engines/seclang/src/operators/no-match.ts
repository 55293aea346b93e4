import type { Operator } from './operator.ts'

/** `@noMatch`: never true. */
export const noMatch: Operator = { name: 'noMatch', compile: () => ({ match: () => false }) }

/** `@unconditionalMatch`: always true. */
export const unconditionalMatch: Operator = {
  name: 'unconditionalMatch',
  compile: () => ({ match: () => true }),
}
