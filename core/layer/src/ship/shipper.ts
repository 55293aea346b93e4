import type { Clock } from '../clock/clock.ts'
import type { PartKeys } from '../keys/keys.ts'
import type { Logger } from '../log/logger.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Spool } from '../spool/spool.ts'

/** What a shipper needs. */
export interface ShipperOptions {
  readonly spool: Spool
  /** Name of the receiver, for example `ledger`. */
  readonly receiver: string
  readonly target: { readonly socketPath: string }
  readonly keys: PartKeys
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
  /** Jitter, 0 to 1; default Math.random. */
  readonly random?: () => number
}

/** Sends a spool's batches to one receiver until it is stopped. */
export interface Shipper {
  /** Ends after the batch under way; `drainMs` gives what is on disk that long to get out first. */
  stop(drainMs?: number): Promise<void>
}
