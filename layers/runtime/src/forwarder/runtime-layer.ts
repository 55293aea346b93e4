import { createServer } from 'node:net'
import { join } from 'node:path'
import type { RuntimeConfig } from '@sevenfold/config'
import { defineLayer, listenOnSocket } from '@sevenfold/layer'
import type { Layer, PartContext, RunningLayer } from '@sevenfold/layer'
import { runCanary } from '../agent/report/canary.ts'
import { metRequestsCounter } from '@sevenfold/event'
import type { Decision, EventDraft } from '@sevenfold/event'
import { blockFactsOf } from './block-facts.ts'
import { DecisionFeed } from './decision-feed.ts'
import { authenticationFactsOf, noticeOf } from './other-facts.ts'
import { findingFactsOf } from './finding-facts.ts'
import type { FindingFacts } from './finding-facts.ts'
import { parseConfig } from './parse-config.ts'
import { SensorCounts } from './sensor-counts.ts'
import { SensorConnection } from './sensor-connection.ts'
import type { SensorEvents } from './sensor-connection.ts'
import { loadOrCreateToken } from './token-file.ts'

/** Sensors that are served at once; further ones are closed. */
export const maxSensors = 256

const fallbackSpoolBytes = 16_777_216

type Context = PartContext<RuntimeConfig>

/** A finding with the way of the input and the request that showed it. */
function findingEvent(context: Context, { finding, trace, site, method, path }: FindingFacts): EventDraft {
  const draft = context.events.finding(finding)
  return {
    ...draft,
    sevenfold: { ...draft.sevenfold, site, trace },
    ...(path === '' ? {} : { url: { path }, http: { request: { method } } }),
  }
}

function eventsFor(context: Context): SensorEvents {
  const notice = (action: string, message: string, severity?: number): void =>
    context.emit(context.events.notice(action, message, severity))
  const counter = context.metrics.counter(
    'sevenfold_runtime_events_total',
    'Refused and noticed calls that sensors told of.',
  )
  const met = context.metrics.counter(
    metRequestsCounter,
    'HTTP requests that the busiest application met, as its agent counts them.',
  )
  const sensors = new SensorCounts()
  return {
    onHello: ({ service, pid, node, unprotected }) => {
      notice('sensor-started', `${service} runs with the agent (process ${pid}, Node ${node})`)
      for (const { package: name, version = '', why } of unprotected)
        notice('sensor-unprotected', `${service}: ${name} ${version} is not protected: ${why}`, 50)
    },
    onEvent: (draft, { service }) => {
      const facts = blockFactsOf(draft, service)
      if (facts !== undefined) {
        counter.inc()
        context.emit(context.events.block(facts))
        return
      }
      const login = authenticationFactsOf(draft, service)
      if (login !== undefined) context.emit(context.events.authentication(login))
      const weakness = findingFactsOf(draft, service)
      if (weakness !== undefined) context.emit(findingEvent(context, weakness))
      const told = noticeOf(draft)
      if (told !== undefined)
        notice(
          told.action,
          `${service}: ${told.message}`,
          told.action === 'sensor-unprotected' ? 50 : undefined,
        )
    },
    onBeat: ({ canary, counters }, hello) => {
      met.inc(sensors.grown(hello, counters))
      if (canary !== undefined) context.setCanary(canary)
    },
    onSilence: ({ service, pid }) =>
      notice('sensor-silent', `${service}: no beat from process ${pid} for 30 s`, 60),
    onEnd: ({ service, pid }, code) =>
      code === undefined
        ? notice('sensor-lost', `${service}: process ${pid} ended without a word`, 60)
        : notice('sensor-ended', `${service}: process ${pid} ended with code ${code}`),
    onRefused: (reason) => {
      context.log.warn('sensor-refused', { reason })
      notice('sensor-refused', `a connection to the sensor socket was closed: ${reason}`, 60)
    },
  }
}

async function start(context: Context): Promise<RunningLayer<RuntimeConfig>> {
  const socketPath = join(context.dataDir, 'sensor.sock')
  const token = loadOrCreateToken(`${socketPath}.token`)
  const events = eventsFor(context)
  const connections = new Set<SensorConnection>()
  const server = createServer((socket) => {
    if (connections.size >= maxSensors) {
      socket.destroy()
      return
    }
    const mode = (): ReturnType<Context['mode']> => context.mode()
    const decisions = (): readonly Decision[] => feed.all()
    const connection = new SensorConnection({ socket, token, mode, decisions, clock: context.clock, events })
    connections.add(connection)
    socket.on('close', () => connections.delete(connection))
  })
  const feed = new DecisionFeed({
    request: (path, headers) => context.request('detection', { socket: 'api.sock', path, headers }),
    clock: context.clock,
    onChange: (add, remove) => {
      for (const connection of connections) connection.sendDecisions(add, remove)
    },
  })
  await listenOnSocket(server, socketPath)
  const tell = (): void => {
    for (const connection of connections) connection.sendPolicy()
  }
  const stopTelling = context.onModeChange(tell)
  return {
    selfTest: () => {
      const canary = runCanary(() => context.clock.now())
      return Promise.resolve({ ok: canary.ok, details: { sensors: connections.size } })
    },
    reload: () => {
      tell()
      return Promise.resolve()
    },
    stop: async () => {
      stopTelling()
      feed.stop()
      for (const connection of connections) connection.close()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}

/** The runtime layer's own process: it receives what the agents in applications tell, signs it and hands it on. */
export const runtimeLayer: Layer<RuntimeConfig> = defineLayer({
  name: 'runtime',
  parseConfig,
  fallback: () => ({ v: 1, spoolBytes: fallbackSpoolBytes, mode: 'monitor' }),
  modes: (config) => ({ layer: config.mode, sites: {} }),
  spoolBytes: (config) => config.spoolBytes,
  start,
})
