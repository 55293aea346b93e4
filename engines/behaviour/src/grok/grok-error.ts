/** Stable codes of {@link GrokError}. */
export type GrokErrorCode = 'GROK_UNKNOWN_PATTERN' | 'GROK_SYNTAX' | 'GROK_LIMIT'

/** A grok pattern that cannot be compiled. */
export class GrokError extends Error {
  readonly code: GrokErrorCode

  constructor(code: GrokErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'GrokError'
    this.code = code
  }
}
