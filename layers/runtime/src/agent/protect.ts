import { basename } from 'node:path'
import type { AgentCounters, AgentMode } from './agent.ts'
import { installAgent, installedAgent } from './install.ts'
import type { ProtectOptions } from './options.ts'
import { blockDraft } from './report/block-draft.ts'
import { Sensor } from './report/sensor.ts'

/** A protected process. */
export interface Protection {
  /** Mode in force: the given one, or the forwarder's once it has spoken. */
  mode(): AgentMode
  counters(): Readonly<AgentCounters>
}

/** Protects this process or worker thread from here on: call it before the application loads its packages. */
export function protect(options: ProtectOptions = {}): Protection {
  const present = installedAgent()
  if (present !== undefined) return { mode: () => present.mode, counters: () => present.counters }
  const service = options.service ?? basename(process.cwd())
  const sources = { service, trustsProxy: options.trustsProxy === true, now: Date.now }
  let warned = 0
  const agent = installAgent({
    mode: options.mode ?? 'monitor',
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    report: (report) => sensor.report(blockDraft(report, sources)),
    onFault: (error, sink) => {
      // The counter goes out with every beat; the text is for whoever looks at the process. A hook may fail before there
      // is an agent to ask.
      warned += 1
      if (warned <= maxFaultWarnings)
        process.emitWarning(`${sink}: ${String(error)}`, { code: 'SEVENFOLD_AGENT_FAULT' })
    },
  })
  const sensor = new Sensor({
    service,
    unprotected: [],
    counters: () => ({ ...agent.counters }),
    onMode: (mode) => {
      agent.mode = mode
    },
    ...(options.socketPath === undefined ? {} : { socketPath: options.socketPath }),
    ...(options.token === undefined ? {} : { token: options.token }),
  })
  sensor.start()
  return { mode: () => agent.mode, counters: () => agent.counters }
}

const maxFaultWarnings = 10
