import type { Clock } from '../clock/clock.ts'
import type { Registry } from '../keys/registry.ts'
import type { Logger } from '../log/logger.ts'
import type { Counter } from '../metrics/metrics.ts'
import type { Agents } from './agents.ts'
import type { Journal } from './journal.ts'
import type { AcceptedHeartbeat, Incident, ReceivedBatch } from './receiver-types.ts'

/** What a receiver counts. */
export interface ReceiverMetrics {
  readonly events: Counter
  readonly duplicates: Counter
  readonly refusedEvents: Counter
  readonly incidents: Counter
  readonly answers: Counter
}

/** What the parts of a receiver share. */
export interface ReceiverCore {
  readonly registry: Registry
  readonly agents: Agents
  readonly journal: Journal
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: ReceiverMetrics
  readonly onBatch: (batch: ReceivedBatch) => Promise<void>
  readonly onHeartbeat: (heartbeat: AcceptedHeartbeat) => void
  /** Newest checkpoint of the receiver's log; empty when it keeps none. */
  readonly checkpoint: () => string
  report(incident: Incident): void
}
