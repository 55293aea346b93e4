import { basename } from 'node:path'
import type { AgentCounters, AgentMode } from './agent.ts'
import { StoredInputs } from './inputs/stored-inputs.ts'
import { serveMessage } from './message-context.ts'
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

/** A message from a queue, a timer's job or anything else that brings inputs without HTTP. */
export interface Message {
  /** How it is named in events: `queue orders`. */
  readonly name: string
  /** Bytes, a text, or an object whose strings are inputs. */
  readonly content: unknown
}

const ownStored = new StoredInputs()

/**
 * Runs the handler of a message with its content as inputs, as requests are served: what reaches a sink from it is
 * judged. Gives what the handler gives.
 */
export function serve<T>(message: Message, handle: () => T): T {
  const agent = installedAgent()
  if (agent === undefined || agent.mode === 'off') return handle()
  agent.counters.requests += 1
  return serveMessage(message, agent.stored ?? ownStored, handle)
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
