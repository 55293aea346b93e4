/** Stable codes of Sigma documents that cannot be used. */
export type SigmaErrorCode =
  | 'SIGMA_DOCUMENT'
  | 'SIGMA_CONDITION'
  | 'SIGMA_DETECTION'
  | 'SIGMA_MODIFIER'
  | 'SIGMA_VALUE'
  | 'SIGMA_REGEX'
  | 'SIGMA_PLACEHOLDER'
  | 'SIGMA_CORRELATION'
  | 'SIGMA_FILTER'
  | 'SIGMA_LIMIT'
  | 'SIGMA_DUPLICATE'

/** A document that cannot be used, and where. The specification wants an error rather than a wrong match. */
export class SigmaError extends Error {
  readonly code: SigmaErrorCode
  /** Path of the offending value inside the document. */
  readonly path: readonly (string | number)[]

  constructor(code: SigmaErrorCode, path: readonly (string | number)[], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'SigmaError'
    this.code = code
    this.path = path
  }
}
