import { Buffer, isUtf8 } from 'node:buffer'
import type { Operator, OperatorMatcher } from './operator.ts'

const MATCHER: OperatorMatcher = {
  // Most values are ASCII: no copy for those.
  match: (input) => /[\x80-\xff]/.test(input) && !isUtf8(Buffer.from(input, 'latin1')),
}

/**
 * `@validateUtf8Encoding`: true when the value is not UTF-8 (RFC 3629: no overlong forms, no
 * surrogates, nothing above U+10FFFF, no sequence cut short).
 */
export const validateUtf8Encoding: Operator = {
  name: 'validateUtf8Encoding',
  compile: () => MATCHER,
}
