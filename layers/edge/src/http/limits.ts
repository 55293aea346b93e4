/** Sizes in bytes, times in milliseconds, counts. The names are those of `edge.limits` in sevenfold.yaml. */
export interface HttpLimits {
  /** Longest request head: request line, header lines and the empty line. Over it: 431. */
  readonly headerSizeBytes: number
  /** Most header lines. Over it: 431. */
  readonly headerCount: number
  /** Longest request target. Over it: 414. */
  readonly targetSizeBytes: number
  /** Longest time for a whole request head, from its first byte; on a new connection from the connection's start. */
  readonly headerTimeoutMs: number
  /** Longest pause between two parts of a request body. Over it: 408. */
  readonly bodyTimeoutMs: number
  /** Slowest request body in bytes a second, averaged after the first `bodyTimeoutMs`. */
  readonly bodyMinimumRateBytes: number
  /** Largest request body. Over it: 413. */
  readonly bodySizeBytes: number
  /** Longest time in which a client takes nothing of an answer that waits for it. */
  readonly responseTimeoutMs: number
  /** Longest idle time between two requests. */
  readonly keepAliveTimeoutMs: number
  readonly requestsPerConnection: number
  /** Most open client connections of one engine. */
  readonly connections: number
  /** Most open client connections of one peer address. */
  readonly connectionsPerAddress: number
  /** Longest silence on an upgraded connection. */
  readonly upgradeIdleTimeoutMs: number
  /** Longest time for what stands before HTTP on a connection: PROXY header and TLS handshake. */
  readonly tlsHandshakeTimeoutMs: number
  /** Most requests that one HTTP/2 connection may have at once. */
  readonly http2Streams: number
  /** Most requests of one HTTP/2 connection that the client may give up within 10 seconds (rapid reset). */
  readonly http2Resets: number
  /** Most SETTINGS and PING frames of one HTTP/2 connection within 10 seconds. */
  readonly http2Controls: number
}

/** The defaults of sevenfold.yaml. */
export const defaultHttpLimits: HttpLimits = {
  headerSizeBytes: 16_384,
  headerCount: 100,
  targetSizeBytes: 8192,
  headerTimeoutMs: 5000,
  bodyTimeoutMs: 10_000,
  bodyMinimumRateBytes: 256,
  bodySizeBytes: 16_777_216,
  responseTimeoutMs: 10_000,
  keepAliveTimeoutMs: 15_000,
  requestsPerConnection: 10_000,
  connections: 10_000,
  connectionsPerAddress: 100,
  upgradeIdleTimeoutMs: 600_000,
  tlsHandshakeTimeoutMs: 5000,
  http2Streams: 100,
  http2Resets: 100,
  http2Controls: 100,
}

/**
 * Slowest reading of an answer in bytes a second, averaged over `responseTimeoutMs` while bytes wait for the client. A
 * reader that takes a few bytes now and then would otherwise hold a connection for ever (slow read attack).
 */
export const sendMinimumRate = 256
/** How often deadlines are looked at; every timeout may be late by this much. */
export const sweepIntervalMs = 500
/** After a refusal the rest of the request is read and thrown away for this long, so that the answer arrives. */
export const lingerMs = 2000
/** Most bytes read and thrown away after a refusal. */
export const lingerBytes = 262_144
/** Most hex digits of a chunk size (RFC 9112 section 7.1 leaves the limit to the recipient). */
export const chunkSizeDigits = 8
/** Longest trailer section. Trailers are checked and dropped. */
export const trailerSize = 4096
