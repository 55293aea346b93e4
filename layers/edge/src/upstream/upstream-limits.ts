/** Times in milliseconds, sizes in bytes, counts. The names are those of `edge.limits` in sevenfold.yaml. */
export interface UpstreamLimits {
  readonly upstreamConnectTimeoutMs: number
  readonly upstreamResponseTimeoutMs: number
  readonly upstreamBodyTimeoutMs: number
  readonly upstreamHeaderSizeBytes: number
  readonly upstreamConnections: number
  readonly upstreamKeepAliveTimeoutMs: number
  readonly upgradeIdleTimeoutMs: number
}

/** The defaults of sevenfold.yaml. */
export const defaultUpstreamLimits: UpstreamLimits = {
  upstreamConnectTimeoutMs: 3000,
  upstreamResponseTimeoutMs: 10_000,
  upstreamBodyTimeoutMs: 60_000,
  upstreamHeaderSizeBytes: 32_768,
  upstreamConnections: 128,
  upstreamKeepAliveTimeoutMs: 4000,
  upgradeIdleTimeoutMs: 600_000,
}

/** Requests that may wait for a free connection to one upstream; more are answered 503 at once. */
export const maxWaiting = 1024
/** Share of the connections to a service for requests whose answers are known to be small. */
export const keptForLight = 0.25
/**
 * Requests that may wait where large answers hold more than half of the connections that they can have: half of a line. A
 * crowd of visitors who come for one large file at once gets it; of a longer line most would wait in vain.
 */
export const maxBehindLarge = 512
/** Waiting requests from which the newest goes first. */
export const crowd = 32
/**
 * While requests wait for a connection, an answer whose client took nothing for this long is given up: a few slow
 * readers of large answers must not lock everybody else out. Milliseconds.
 */
export const stalledUnderPressureMs = 1500
/** Pressure lasts for so long after the last request that waited: who was served last stalls only now. Milliseconds. */
export const pressureMs = 6000
/** An answer whose client took nothing for this long makes its path one that can be held up. Milliseconds. */
export const stalledMs = 500
