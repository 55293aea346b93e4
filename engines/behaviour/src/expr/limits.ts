/** Named limits of compiling and running one expression. Passing one is an `EXPR_LIMIT` (compiling) or `EXPR_RUN` error. */
export interface ExprLimits {
  /** Longest source, in UTF-16 units (the hub's longest has 43,435). */
  readonly maxSourceLength: number
  /** Deepest nesting. */
  readonly maxDepth: number
  /** Most nodes (expr-lang's own limit is 10,000 by default). */
  readonly maxNodes: number
  /** Most steps of one evaluation: an item looked at by a predicate or made by a range, or 64 characters joined, is a step. */
  readonly maxSteps: number
}

/** Limits used when a caller names none. */
export const defaultExprLimits: ExprLimits = {
  maxSourceLength: 131_072,
  maxDepth: 120,
  maxNodes: 20_000,
  maxSteps: 100_000,
}
