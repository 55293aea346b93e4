/** Stable codes of hub AppSec documents that cannot be compiled. */
export type AppsecErrorCode =
  | 'APPSEC_DOCUMENT'
  | 'APPSEC_ZONE'
  | 'APPSEC_MATCH'
  | 'APPSEC_TRANSFORM'
  | 'APPSEC_LIMIT'

/** A document that cannot be compiled, and where in it. */
export class AppsecError extends Error {
  readonly code: AppsecErrorCode
  readonly path: readonly (string | number)[]

  constructor(code: AppsecErrorCode, path: readonly (string | number)[], message: string) {
    super(message)
    this.name = 'AppsecError'
    this.code = code
    this.path = path
  }
}
