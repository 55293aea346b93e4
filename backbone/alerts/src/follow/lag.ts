import type { Metrics } from '@sevenfold/layer'

/** Entries between the newest checkpoint and what was read, as a metric. */
export interface LagMetrics {
  set(entries: number, behindSeconds: number): void
}

/** Makes the metrics of how far behind the ledger we are. */
export function createLagMetrics(metrics: Metrics): LagMetrics {
  const entries = metrics.gauge(
    'sevenfold_alerts_lag_entries',
    'Entries of the ledger that were not judged yet',
  )
  const behind = metrics.gauge(
    'sevenfold_alerts_lag_seconds',
    'Age of the newest judged event when it was judged',
  )
  return {
    set: (lag, behindSeconds) => {
      entries.set(lag)
      behind.set(behindSeconds)
    },
  }
}
