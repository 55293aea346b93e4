import type { ExprType } from './type.ts'

/** Values of the environment's variables, in the order in which the environment names them. */
export type ExprScope = readonly unknown[]

/** A compiled expression. Not re-entrant across threads; keeps no reference to a scope after a call. */
export interface Expression {
  /** The text as given. */
  readonly source: string
  /** What it gives; `any` when only known at run time. */
  readonly type: ExprType
  /** Whether it only reads (no `SetMeta`, `UnmarshalJSON`, `SetInStash` …). */
  readonly pure: boolean
  /**
   * Its value; an int comes as a bigint, a float as a number, a duration as a GoDuration.
   * Throws ExprError (EXPR_RUN) when the evaluation fails, as CrowdSec's would.
   */
  evaluate(scope: ExprScope): unknown
  /** Whether it is true. Throws ExprError (EXPR_RUN) when it fails or gives no bool. */
  test(scope: ExprScope): boolean
}

/**
 * Many expressions over one environment whose common parts are computed once per event: field reads, function calls
 * on them, comparisons, and all `contains`/`startsWith`/`endsWith` literals of one text in one pass.
 */
export interface ExpressionSet {
  /** Number of expressions. */
  readonly size: number
  readonly expressions: readonly Expression[]
  /**
   * Starts a new event: what is remembered of the last one is dropped. Must be called before the first evaluation for
   * a scope, and again whenever the caller itself changed the record. Expressions that write do so themselves.
   */
  begin(): void
  /**
   * Calls `matched` with the number of each expression that is true for the scope, in order; `failed` with those whose
   * evaluation failed. Expressions that cannot be true by an equality at their top level are not evaluated at all.
   * `matched` may read the record, not write it.
   */
  select(
    scope: ExprScope,
    matched: (index: number) => void,
    failed?: (index: number, error: unknown) => void,
  ): void
}
