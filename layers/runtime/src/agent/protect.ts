import { basename } from 'node:path'
import { Account } from './account/account.ts'
import type { Denial, Login } from './account/account.ts'
import { Blocks } from './account/blocks.ts'
import { NotServed } from './account/not-served.ts'
import { RateLimits } from './account/rate-limits.ts'
import { watchLogin } from './account/watch-logins.ts'
import type { AgentCounters, AgentMode } from './agent.ts'
import { installAgent, installedAgent } from './install.ts'
import type { ProtectOptions } from './options.ts'
import { blockDraft } from './report/block-draft.ts'
import { noticeDraft } from './report/notice-draft.ts'
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

/**
 * Runs the handler of a message with its content as inputs, as requests are served: what reaches a sink from it is
 * judged. Gives what the handler gives.
 */
export function serve<T>(message: Message, handle: () => T): T {
  const agent = installedAgent()
  if (agent?.serve === undefined || agent.mode === 'off') return handle()
  agent.counters.requests += 1
  agent.counters.messages += 1
  return agent.serve(message, handle)
}

/** What an application tells of its users. Passport and forms that look like a login are told of by themselves. */
export const report: {
  login(login: Login): void
  deny(denial: Denial): void
  /** Who the current request works for; false when this user is kept out, and then the answer was sent. */
  user(name: string): boolean
} = {
  login: (login) => installedAgent()?.account?.login(login),
  deny: (denial) => installedAgent()?.account?.deny(denial),
  user: (name) => installedAgent()?.account?.user(name) ?? true,
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
  const blocks = new Blocks(Date.now, sources.trustsProxy)
  const notServed = new NotServed()
  const limits = new RateLimits(options.rateLimits ?? [], Date.now, sources.trustsProxy)
  const account = new Account(agent, blocks, { emit: (draft) => sensor.report(draft), sources })
  const sensor = new Sensor({
    service,
    unprotected: () => agent.unprotected.all(),
    news: () => [
      ...agent.inventory.takeNews().map((text) => noticeDraft('runtime-inventory', text, Date.now)),
      ...notServed.takeNews().map((text) => noticeDraft('runtime-refused-entry', text, Date.now)),
    ],
    counters: () => ({ ...agent.counters }),
    onDecisions: (add, remove) => {
      blocks.remove(remove)
      blocks.add(add)
    },
    onMode: (mode) => {
      agent.mode = mode
    },
    ...(options.socketPath === undefined ? {} : { socketPath: options.socketPath }),
    ...(options.token === undefined ? {} : { token: options.token }),
  })
  agent.account = account
  agent.entry = (context) => notServed.note(blocks.refusalOf(context) ?? limits.refusalOf(context))
  agent.onEnd = (context) => {
    watchLogin(account, context)
    const { method, target } = context
    if (agent.inventory.hasRouteOf(method, target)) return
    const route = (context.request as { readonly route?: { readonly path?: unknown } }).route?.path
    agent.inventory.addRoute(method, target === '' ? '/' : target, route)
  }
  agent.onUnprotected = ({ package: name, why }) =>
    sensor.report(noticeDraft('sensor-unprotected', `${name}: ${why}`, Date.now))
  sensor.start()
  return { mode: () => agent.mode, counters: () => agent.counters }
}

const maxFaultWarnings = 10
