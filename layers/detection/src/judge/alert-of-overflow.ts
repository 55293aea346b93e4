import type { Overflow } from '@sevenfold/behaviour'
import type { Alert } from '../alerts/alert.ts'
import { shownValue } from '../decisions/stored-decision.ts'

const scopeNames: Readonly<Record<string, string>> = { ip: 'Ip', range: 'Range' }

/** The alert of a scenario of our own that overflowed; `nowMs` is the wall clock, since buckets run on another. */
export function alertOfOverflow(overflow: Overflow, nowMs: number): Alert {
  const { scenario, value, count } = overflow
  const lastedMs = Math.max(0, overflow.lastMs - overflow.firstMs)
  const scope = scopeNames[scenario.scope] ?? scenario.scope
  const meta = Object.entries(overflow.event.meta)
    .filter(([, text]) => text !== '')
    .map(([key, text]) => ({ key, value: text }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
  const stop = new Date(nowMs).toISOString()
  return {
    scenario: scenario.name,
    scenario_hash: '',
    scenario_version: '',
    message: `${scope} ${shownValue(scenario.scope, value)} performed '${scenario.name}' (${count} events over ${(lastedMs / 1000).toFixed(1)}s) at ${stop}`,
    events_count: count,
    start_at: new Date(nowMs - lastedMs).toISOString(),
    stop_at: stop,
    capacity: scenario.capacity,
    leakspeed: `${scenario.leakSpeedMs / 1000}s`,
    simulated: false,
    events: [{ timestamp: stop, meta }],
    remediation: scenario.labels.remediation,
    source: { scope, value, ...(scenario.scope === 'ip' ? { ip: value } : {}) },
    meta: [],
    labels: [`service:${scenario.labels.service}`, `behavior:${scenario.labels.behavior}`],
    kind: 'sevenfold',
    decisions: [],
  }
}
