import type { Lane } from '@sevenfold/event'
import type { BoundCounter, Counter, Gauge, Metrics } from '../metrics/metrics.ts'

/** What a spool counts. */
export interface SpoolMetrics {
  readonly events: Readonly<Record<Lane, BoundCounter>>
  readonly folded: Counter
  readonly lost: Counter
  readonly refused: Counter
  readonly writeErrors: Counter
  readonly bytes: Gauge
  readonly full: Gauge
}

const lanes = { lane: ['high', 'low'] }

/** Registers a spool's metrics. */
export function createSpoolMetrics(metrics: Metrics): SpoolMetrics {
  const events = metrics.counter('sevenfold_spool_events_total', 'Events queued', lanes)
  return {
    events: { high: events.bind({ lane: 'high' }), low: events.bind({ lane: 'low' }) },
    folded: metrics.counter('sevenfold_spool_folded_total', 'Repeats counted into another event'),
    lost: metrics.counter('sevenfold_spool_lost_total', 'Events lost and declared', {
      ...lanes,
      reason: ['overflow', 'disk-full', 'corrupt-tail'],
    }),
    refused: metrics.counter('sevenfold_spool_refused_total', 'Events that make no event line'),
    writeErrors: metrics.counter('sevenfold_spool_write_errors_total', 'Failed writes of a block'),
    bytes: metrics.gauge('sevenfold_spool_bytes', 'Bytes on disk', lanes),
    full: metrics.gauge('sevenfold_spool_disk_full', '1 while the disk takes no block'),
  }
}
