import { collectionBuiltins } from './collection-builtins.ts'
import { conversionBuiltins } from './conversion-builtins.ts'
import { numberBuiltins } from './number-builtins.ts'
import { textBuiltins } from './text-builtins.ts'
import { timeBuiltins } from './time-builtins.ts'

import type { FunctionSpec, FunctionTable } from '../function-spec.ts'

/**
 * The builtins of the language (https://expr-lang.org/docs/language-definition) that take no predicate. `now` is no
 * builtin here but a helper: it needs a clock.
 */
export const builtinFunctions: FunctionTable = new Map<string, FunctionSpec>([
  ...textBuiltins,
  ...numberBuiltins,
  ...collectionBuiltins,
  ...conversionBuiltins,
  ...timeBuiltins,
])
