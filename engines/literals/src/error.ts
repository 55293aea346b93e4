/**
 * Stable codes of {@link LiteralsError}.
 *
 * - `LITERALS_INPUT`: an empty literal, or a character that the mode does not have.
 * - `LITERALS_LIMIT`: a named limit of {@link LiteralLimits} would be passed.
 */
export type LiteralsErrorCode = 'LITERALS_INPUT' | 'LITERALS_LIMIT'

/** The only error this package throws, and only while building. Scanning never throws. */
export class LiteralsError extends Error {
  readonly code: LiteralsErrorCode

  constructor(code: LiteralsErrorCode, message: string) {
    super(message)
    this.name = 'LiteralsError'
    this.code = code
  }
}
