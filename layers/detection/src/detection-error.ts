/** Stable codes of `DetectionError`. */
export type DetectionErrorCode =
  | 'DETECTION_BAD_DECISION'
  | 'DETECTION_NEVER_BAN'
  | 'DETECTION_BAD_DURATION'
  | 'DETECTION_BAD_FILTER'
  | 'DETECTION_BAD_HELD'
  | 'DETECTION_BAD_ALERT'
  | 'DETECTION_ALLOW_LISTED'
  | 'DETECTION_BAD_ALLOW_LIST'
  | 'DETECTION_BAD_MACHINE'
  | 'DETECTION_MACHINE_EXISTS'
  | 'DETECTION_MACHINES_INVALID'
  | 'DETECTION_BUSY'
  | 'DETECTION_BAD_PROFILE'
  | 'DETECTION_ENFORCEMENT'
  | 'DETECTION_BAD_BOUNCER'
  | 'DETECTION_BOUNCER_EXISTS'
  | 'DETECTION_BOUNCERS_INVALID'

/** What the detection layer refuses; `message` says why in the reader's words. */
export class DetectionError extends Error {
  readonly code: DetectionErrorCode
  constructor(code: DetectionErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options)
    this.name = 'DetectionError'
    this.code = code
  }
}
