import { createOutbound } from '@sevenfold/outbound'
import type { AlertsService } from '../alerts-service.ts'
import { AlertsError } from '../alerts-error.ts'
import { startDeadMan } from './dead-man.ts'

/** How old the newest event may be while all is well, in milliseconds: heartbeats alone come more often. */
export const stalestMs = 60_000

/** Starts the switch of the configuration; without one nothing happens. Gives a function that ends it. */
export function callOutside(service: AlertsService): () => void {
  const { config, clock, log } = service.context
  const { deadMan } = config
  if (deadMan === undefined) return () => undefined
  // The configuration names the watcher, so it may be an address of an inner network.
  const outbound = createOutbound({ namedHosts: [new URL(deadMan.url).hostname] })
  return startDeadMan({
    intervalMs: deadMan.intervalMs,
    clock,
    log,
    trouble: () => service.trouble(stalestMs),
    ping: async () => {
      const { ledger, root } = service.head()
      const body = JSON.stringify({
        v: 1,
        time: new Date(clock.now()).toISOString(),
        ok: true,
        size: ledger,
        root,
      })
      const answer = await outbound.request(deadMan.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        limits: { timeoutMs: 10_000, maxBytes: 65_536 },
      })
      if (answer.status >= 300)
        throw new AlertsError('ALERTS_REFUSED', `the watcher answered ${answer.status}`)
    },
  })
}
