import { basename } from 'node:path'
import type { AgentCounters, AgentMode, AgentReport } from './agent.ts'
import { installAgent } from './install.ts'
import type { ProtectOptions } from './options.ts'

/** A protected process. */
export interface Protection {
  /** Mode in force. */
  mode(): AgentMode
  counters(): Readonly<AgentCounters>
}

/** Protects this process or worker thread from here on: call it before the application loads its packages. */
export function protect(options: ProtectOptions = {}): Protection {
  const report = (report: AgentReport): void => {
    void report
  }
  void basename
  const agent = installAgent({
    mode: options.mode ?? 'monitor',
    report,
    onFault: (e, s) => {
      if (process.env['SF_DEBUG']) console.error('FAULT', s, e)
    },
  })
  return { mode: () => agent.mode, counters: () => agent.counters }
}
