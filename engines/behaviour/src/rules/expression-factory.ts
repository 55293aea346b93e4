import type { Expression, ExpressionSet } from '../expr/expression.ts'
import type { FieldReads } from '../expr/syntax/field-reads.ts'

/**
 * What an expression may name. `event`: evt. `bucket`: evt, queue, leaky. `overflow`: queue, signal, leaky. `context`:
 * evt, match, req. In this order in scopes.
 */
export type ExpressionPlace = 'event' | 'bucket' | 'overflow' | 'context'

/** Compiles expressions of rules: generated code or closures, with the facilities of one engine. Throws ExprError. */
export interface ExpressionFactory {
  /** What all expressions compiled so far can read. */
  readonly reads: FieldReads
  compile(source: string, place: ExpressionPlace): Expression
  /** One set over events; each expression compiled as by `compile`. */
  set(sources: readonly string[]): ExpressionSet
}
