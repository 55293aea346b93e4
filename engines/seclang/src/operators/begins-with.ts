import { requires } from './literal-clause.ts'
import type { Operator } from './operator.ts'

/** `@beginsWith text`: the value starts with the text, case and all; the empty text always matches. */
export const beginsWith: Operator = {
  name: 'beginsWith',
  compile: (param) => ({ match: (input) => input.startsWith(param), ...requires(param) }),
}
