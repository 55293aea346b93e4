import { requires } from './literal-clause.ts'
import type { Operator } from './operator.ts'

/** `@endsWith text`: the value ends with the text, case and all; the empty text always matches. */
export const endsWith: Operator = {
  name: 'endsWith',
  compile: (param) => ({ match: (input) => input.endsWith(param), ...requires(param) }),
}
