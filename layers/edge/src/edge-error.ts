/** Stable codes of errors of this package; docs/edge.md lists them. */
export type EdgeErrorCode =
  | 'EDGE_CONFIG_INVALID'
  | 'EDGE_RULES_INVALID'
  | 'EDGE_LISTEN'
  | 'EDGE_CERTIFICATE'
  | 'EDGE_WORKER_START'

/** An error of the edge. */
export class EdgeError extends Error {
  readonly code: EdgeErrorCode

  constructor(code: EdgeErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'EdgeError'
    this.code = code
  }
}
