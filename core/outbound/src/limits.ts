/** Bounds of one outgoing request, redirects included. */
export interface OutboundLimits {
  /** Whole request with name look-up, redirects and body, in milliseconds. */
  readonly timeoutMs: number
  /** One attempt to connect, TLS included, in milliseconds. */
  readonly connectTimeoutMs: number
  /** Answer body in bytes, both as sent and as decompressed. */
  readonly maxBytes: number
  /** Request body in bytes. */
  readonly maxRequestBytes: number
  /** Head of an answer in bytes. */
  readonly maxHeaderBytes: number
  readonly maxRedirects: number
  /** Addresses of one name that are tried in turn. */
  readonly maxAddresses: number
}

/** Bounds when the caller states none. */
export const outboundLimits: OutboundLimits = {
  timeoutMs: 30_000,
  connectTimeoutMs: 5000,
  maxBytes: 10 * 1024 * 1024,
  maxRequestBytes: 1024 * 1024,
  maxHeaderBytes: 16 * 1024,
  maxRedirects: 3,
  maxAddresses: 3,
}
