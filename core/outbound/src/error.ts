/** Stable codes of what this package throws. */
export const outboundErrorCodes = [
  'OUTBOUND_URL',
  'OUTBOUND_ADDRESS_REFUSED',
  'OUTBOUND_RESOLVE',
  'OUTBOUND_CONNECT',
  'OUTBOUND_TIMEOUT',
  'OUTBOUND_ABORTED',
  'OUTBOUND_TOO_LARGE',
  'OUTBOUND_ENCODING',
  'OUTBOUND_REDIRECT',
] as const

/** One of the stable codes. */
export type OutboundErrorCode = (typeof outboundErrorCodes)[number]

/** Why an outgoing request did not happen or did not finish. The message names the host, never path, query or headers. */
export class OutboundError extends Error {
  readonly code: OutboundErrorCode
  constructor(code: OutboundErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options)
    this.name = 'OutboundError'
    this.code = code
  }
}
