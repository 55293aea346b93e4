/**
 * Stable codes of {@link RegexError}.
 *
 * - `REGEX_SYNTAX`: the pattern is malformed in its dialect.
 * - `REGEX_UNSUPPORTED`: well-formed, but outside regular languages (lookaround, backreference …) or not kept exactly.
 * - `REGEX_LIMIT`: a named limit of {@link RegexLimits} would be passed.
 */
export type RegexErrorCode = 'REGEX_SYNTAX' | 'REGEX_UNSUPPORTED' | 'REGEX_LIMIT'

/** Where in the pattern a refusal happened, and what the author can do about it. */
export interface RegexErrorDetail {
  /** UTF-16 offset in the pattern at which the refused construct starts. */
  readonly offset: number
  /** Next step for the author of the pattern, when there is one. */
  readonly hint?: string | undefined
}

/** The only error this package throws: a pattern was refused at compile time. Matching never throws. */
export class RegexError extends Error {
  readonly code: RegexErrorCode
  readonly offset: number
  readonly hint: string | undefined

  constructor(code: RegexErrorCode, message: string, detail: RegexErrorDetail) {
    super(`${message} at offset ${String(detail.offset)}`)
    this.name = 'RegexError'
    this.code = code
    this.offset = detail.offset
    this.hint = detail.hint
  }
}
