import { requires } from './literal-clause.ts'
import type { Operator } from './operator.ts'

/** `@streq text`: the value equals the text, case and all. */
export const streq: Operator = {
  name: 'streq',
  compile: (param) => ({ match: (input) => input === param, ...requires(param) }),
}
