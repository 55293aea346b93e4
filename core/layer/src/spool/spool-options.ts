import type { Clock } from '../clock/clock.ts'
import type { Logger } from '../log/logger.ts'
import type { Metrics } from '../metrics/metrics.ts'

/** What a spool needs. */
export interface SpoolOptions {
  /** Folder of this spool alone, for example `data/edge/spool/w0`. */
  readonly folder: string
  /** `<part>/<slot>`. */
  readonly agentId: string
  /** Names of the receivers; a segment goes when all of them have it. None: only the budget bounds the spool. */
  readonly receivers: readonly string[]
  /** Bytes on disk for both lanes together; default 64 MiB, at least 1 MiB. */
  readonly budgetBytes?: number
  /** Name of this host, where it was enrolled: every event then carries it. */
  readonly host?: string
  /** The epoch that this slot is known to have had, from outside of the folder: tells when the spool was wiped. */
  readonly previousEpoch?: string
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
}
