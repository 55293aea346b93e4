import type { Operator } from './operator.ts'

/** `@within text`: the value occurs in the text (`@within GET,POST`); an empty value matches. */
export const within: Operator = {
  name: 'within',
  compile: (param) => ({ match: (input) => param.includes(input) }),
}
