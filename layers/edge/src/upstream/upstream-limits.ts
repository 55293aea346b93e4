/** Times in milliseconds, sizes in bytes, counts. The names are those of `edge.limits` in sevenfold.yaml. */
export interface UpstreamLimits {
  readonly upstreamConnectTimeout: number
  readonly upstreamResponseTimeout: number
  readonly upstreamBodyTimeout: number
  readonly upstreamHeaderSize: number
  readonly upstreamConnections: number
  readonly upstreamKeepAliveTimeout: number
  readonly upgradeIdleTimeout: number
}

/** The defaults of sevenfold.yaml. */
export const defaultUpstreamLimits: UpstreamLimits = {
  upstreamConnectTimeout: 3000,
  upstreamResponseTimeout: 30_000,
  upstreamBodyTimeout: 60_000,
  upstreamHeaderSize: 32_768,
  upstreamConnections: 128,
  upstreamKeepAliveTimeout: 4000,
  upgradeIdleTimeout: 600_000,
}

/** Requests that may wait for a free connection to one upstream; more are answered 503 at once. */
export const maxWaiting = 1024
