/** Stable codes of what the alerts process refuses. */
export type AlertsErrorCode =
  | 'ALERTS_BAD_REQUEST'
  | 'ALERTS_NOT_FOUND'
  | 'ALERTS_CONFLICT'
  | 'ALERTS_RULES'
  | 'ALERTS_PLAYBOOK'
  | 'ALERTS_REFUSED'

/** Something that was asked and is not done, and why. */
export class AlertsError extends Error {
  readonly code: AlertsErrorCode

  constructor(code: AlertsErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'AlertsError'
    this.code = code
  }
}
