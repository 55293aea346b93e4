import { CompileCache } from '../expr/compile-cache.ts'
import { compileExpr } from '../expr/compile-expr.ts'
import {
  bucketEnvironment,
  contextEnvironment,
  eventEnvironment,
  overflowEnvironment,
} from '../expr/environments.ts'
import type { Environment } from '../expr/function-spec.ts'
import { FieldReads } from '../expr/syntax/field-reads.ts'
import { compileExprSet } from '../expr/set/compile-expr-set.ts'
import { createHelpers } from '../helpers/create-helpers.ts'
import type { Facilities } from '../helpers/facilities.ts'
import type { ExpressionFactory, ExpressionPlace } from './expression-factory.ts'

const environments: Readonly<Record<ExpressionPlace, Environment>> = {
  event: eventEnvironment,
  bucket: bucketEnvironment,
  overflow: overflowEnvironment,
  context: contextEnvironment,
}

/** The compiler of one engine's expressions; they share patterns and functions made for known arguments. */
export function createExpressions(
  facilities: Facilities,
  backend: 'generate' | 'closures',
): ExpressionFactory {
  const helpers = createHelpers(facilities)
  const cache = new CompileCache()
  const reads = new FieldReads()
  const options = { helpers, cache, reads, backend: backend === 'closures' ? backend : 'tiered' } as const
  return {
    reads,
    compile: (source, place) => compileExpr(source, environments[place], options),
    set: (sources) => compileExprSet(sources, eventEnvironment, options),
  }
}
