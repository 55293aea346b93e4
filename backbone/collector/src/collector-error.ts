/** Stable codes of `CollectorError`. */
export type CollectorErrorCode =
  | 'COLLECTOR_QUERY_SYNTAX'
  | 'COLLECTOR_QUERY_FIELD'
  | 'COLLECTOR_QUERY_LIMIT'
  | 'COLLECTOR_BAD_PARAMETER'
  | 'COLLECTOR_INDEX_UNAVAILABLE'
  | 'COLLECTOR_NOT_FOUND'

/** What the collector refuses or cannot do; `message` is for the person who asked. */
export class CollectorError extends Error {
  readonly code: CollectorErrorCode
  constructor(code: CollectorErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options)
    this.name = 'CollectorError'
    this.code = code
  }
}
