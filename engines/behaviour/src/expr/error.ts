/**
 * Stable codes of {@link ExprError}.
 *
 * - `EXPR_SYNTAX`: the text is no expression.
 * - `EXPR_TYPE`: an unknown name, or an operation that its operands' types never allow.
 * - `EXPR_LIMIT`: a named limit of ExprLimits would be passed.
 * - `EXPR_RUN`: the evaluation failed on the values it met (a member of nil, an index out of range …).
 */
export type ExprErrorCode = 'EXPR_SYNTAX' | 'EXPR_TYPE' | 'EXPR_LIMIT' | 'EXPR_RUN'

/** The only error of the expression engine. */
export class ExprError extends Error {
  readonly code: ExprErrorCode
  /** UTF-16 offset in the source. */
  readonly offset: number
  /** 1-based. */
  readonly line: number
  /** 1-based, in UTF-16 units. */
  readonly column: number

  constructor(
    code: ExprErrorCode,
    message: string,
    at: { readonly source: string; readonly offset: number },
  ) {
    const before = at.source.slice(0, at.offset)
    const line = before.split('\n').length
    const column = at.offset - before.lastIndexOf('\n')
    super(`${message} at ${String(line)}:${String(column)}`)
    this.name = 'ExprError'
    this.code = code
    this.offset = at.offset
    this.line = line
    this.column = column
  }
}
