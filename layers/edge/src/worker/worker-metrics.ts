import type { Metrics } from '@sevenfold/layer'
import type { EdgeCounts } from '../events/edge-events.ts'
import { PassedCounts } from './passed-counts.ts'

const publishMs = 1000
const classes = ['none', '1xx', '2xx', '3xx', '4xx', '5xx'] as const

/** Numbers that are read when metrics are published. */
export interface WorkerLevels {
  readonly connections: number
  readonly bans: number
}

/**
 * Publishes the counters of the traffic path once a second: the path itself only adds to plain numbers.
 * @returns the timer; clear it to stop.
 */
export function publishCounts(
  metrics: Metrics,
  counts: EdgeCounts,
  levels: () => WorkerLevels,
): NodeJS.Timeout {
  const requests = metrics.counter('sevenfold_edge_requests_total', 'Requests by class of status', {
    class: classes,
  })
  const blocked = metrics.counter('sevenfold_edge_blocked_total', 'Requests refused by a judging step')
  const wouldBlock = metrics.counter(
    'sevenfold_edge_would_block_total',
    'Requests that monitor mode let pass',
  )
  const failures = metrics.counter('sevenfold_edge_upstream_failures_total', 'Requests without an answer')
  const passed = new PassedCounts(metrics)
  const connections = metrics.gauge('sevenfold_edge_connections', 'Open client connections')
  const bans = metrics.gauge('sevenfold_edge_bans', 'Addresses and ranges with a decision')
  const before = { byClass: [0, 0, 0, 0, 0, 0], blocked: 0, wouldBlock: 0, upstreamFailures: 0 }
  return setInterval(() => {
    for (const [index, name] of classes.entries()) {
      const now = counts.byClass[index] ?? 0
      requests.inc(now - (before.byClass[index] ?? 0), { class: name })
      before.byClass[index] = now
    }
    blocked.inc(counts.blocked - before.blocked)
    wouldBlock.inc(counts.wouldBlock - before.wouldBlock)
    failures.inc(counts.upstreamFailures - before.upstreamFailures)
    Object.assign(before, {
      blocked: counts.blocked,
      wouldBlock: counts.wouldBlock,
      upstreamFailures: counts.upstreamFailures,
    })
    passed.publish(counts.passed)
    const now = levels()
    connections.set(now.connections)
    bans.set(now.bans)
  }, publishMs)
}
