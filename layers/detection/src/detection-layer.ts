import { join } from 'node:path'
import type { DetectionConfig } from '@sevenfold/config'
import { uuidV7 } from '@sevenfold/event'
import { createReceiver, defineLayer, listenOnSocket, openRegistry } from '@sevenfold/layer'
import type { Layer, PartContext, Receiver, RunningLayer, Timer } from '@sevenfold/layer'
import { Api } from './api/api.ts'
import { LiveStream } from './api/live-stream.ts'
import { createNeverBan } from './authority/never-ban.ts'
import type { NeverBan } from './authority/never-ban.ts'
import { BouncerKeys } from './bouncers/bouncer-keys.ts'
import { openFileJournal, readJournal } from './decisions/decision-journal.ts'
import type { FileJournal } from './decisions/decision-journal.ts'
import { DecisionStore } from './decisions/decision-store.ts'
import { Judge } from './judge/judge.ts'
import { parseConfig } from './parse-config.ts'
import { readSecret } from './read-secret.ts'
import { builtInScenarios } from './scenarios/built-in.ts'
import { judgesProbing } from './self-test.ts'
import { closeServer, createLimitedServer, listenOnAddress } from './servers.ts'
import { followSources } from './sources.ts'

type Context = PartContext<DetectionConfig>

const tickMs = 500
const collectEveryTicks = 120

async function openStore(context: Context): Promise<{ store: DecisionStore; journal: FileJournal }> {
  const path = join(context.dataDir, 'decisions.ndjson')
  const { records, unreadable } = readJournal(path)
  if (unreadable > 0) context.log.warn('decisions-unreadable', { lines: unreadable })
  let journal: FileJournal | undefined
  const store = new DecisionStore({
    now: () => context.clock.now(),
    newUuid: uuidV7,
    // The store exists before its journal does: the journal begins with what the store still holds of the old one.
    journal: { append: (record) => journal?.append(record) },
    records,
  })
  journal = await openFileJournal({
    path,
    records: store.records(),
    onError: (error) => context.log.error('decisions-not-written', { error }),
  })
  return { store, journal }
}

function openBouncers(context: Context): BouncerKeys {
  const bouncers = new BouncerKeys(join(context.dataDir, 'bouncers.json'), () => context.clock.now())
  for (const { name, key } of context.config.api.bouncers) bouncers.set(name, readSecret(key))
  return bouncers
}

function openReceiver(context: Context, judge: Judge): Receiver {
  return createReceiver({
    registry: openRegistry({
      path: join(context.dataDir, 'agents.json'),
      onInvalid: (error) => context.log.error('registry-invalid', { error }),
    }),
    folder: join(context.dataDir, 'receiver'),
    clock: context.clock,
    log: context.log,
    metrics: context.metrics,
    // Judged at once and kept nowhere: the ledger keeps events, and buckets live in memory.
    onBatch: (batch) => {
      if (batch.part === 'edge') for (const { event } of batch.events) judge.takeEdgeEvent(event)
      return Promise.resolve()
    },
  })
}

function createJudge(context: Context, store: DecisionStore, neverBan: NeverBan): Judge {
  return new Judge({
    scenarios: builtInScenarios,
    store,
    neverBan,
    events: context.events,
    emit: (draft) => context.emit(draft),
    mode: () => context.mode(),
    now: () => context.clock.now(),
    monotonicMs: () => context.clock.monotonicMs(),
    banDurationMs: context.config.banDurationMs,
  })
}

/** Ends decisions, judges lines that waited, and counts; every `tickMs`. */
function startTicking(context: Context, judge: Judge, store: DecisionStore): { stop(): void } {
  const active = context.metrics.gauge('sevenfold_detection_decisions', 'Active decisions')
  const buckets = context.metrics.gauge('sevenfold_detection_buckets', 'Buckets in memory')
  const refused = context.metrics.gauge('sevenfold_detection_refused_sources', 'Sources that found no bucket')
  let ticks = 0
  let timer: Timer | undefined
  const tick = (): void => {
    for (const decision of store.expire()) judge.announceEnd(decision, 'expired')
    judge.tick()
    ticks += 1
    if (ticks % collectEveryTicks === 0) judge.collect()
    const counters = judge.counters()
    active.set(store.size)
    buckets.set(counters.buckets)
    refused.set(counters.refused)
    timer = context.clock.after(tickMs, tick)
  }
  tick()
  return { stop: () => timer?.cancel() }
}

function checkListen({ config }: Context): void {
  const { host } = config.api.listen
  if (host === '::1' || host.startsWith('127.')) return
  throw new Error(
    'the Local API listens beyond loopback only behind TLS, which is not there yet; use a tunnel to loopback',
  )
}

function createApi(
  context: Context,
  parts: { store: DecisionStore; judge: Judge; neverBan: NeverBan; live: LiveStream },
): Api {
  return new Api({
    ...parts,
    bouncers: openBouncers(context),
    guard: { hosts: context.config.api.hosts.map((host) => host.toLowerCase()) },
    banDurationMs: context.config.banDurationMs,
    now: () => context.clock.now(),
    log: context.log,
    onAct: (act) => context.emit(context.events.admin(act, 'success')),
  })
}

async function start(context: Context): Promise<RunningLayer<DetectionConfig>> {
  checkListen(context)
  const { config, clock, dataDir } = context
  const neverBan = createNeverBan({ listed: config.neverBan, proxies: config.declaredProxies })
  const { store, journal } = await openStore(context)
  const judge = createJudge(context, store, neverBan)
  const live = new LiveStream({ store, clock })
  const api = createApi(context, { store, judge, neverBan, live })
  const receiver = openReceiver(context, judge)
  const [ingest, socket, tcp] = [createLimitedServer(), createLimitedServer(), createLimitedServer()]
  ingest.on('request', receiver.handle)
  socket.on('request', (request, response) => api.handle(request, response, 'socket'))
  tcp.on('request', (request, response) => api.handle(request, response, 'tcp'))
  await listenOnSocket(ingest, join(dataDir, 'ingest.sock'))
  await listenOnSocket(socket, join(dataDir, 'api.sock'))
  const port = await listenOnAddress(tcp, config.api.listen)
  const sources = await followSources(context, judge)
  const ticking = startTicking(context, judge, store)
  const { host } = config.api.listen
  return {
    selfTest: () => Promise.resolve({ ok: judgesProbing(), details: { decisions: store.size } }),
    stop: async () => {
      ticking.stop()
      await sources.close()
      live.close()
      await Promise.all([closeServer(ingest), closeServer(socket), closeServer(tcp)])
      await receiver.close()
      await journal.close()
    },
    listening: [{ name: 'local API', url: `http://${host.includes(':') ? `[${host}]` : host}:${port}/` }],
  }
}

/** Layer 4: from behaviour to decisions. When it is down, decisions already given out stay in force until they end. */
export const detectionLayer: Layer<DetectionConfig> = defineLayer({
  name: 'detection',
  parseConfig,
  modes: (config) => ({ layer: config.mode, sites: {} }),
  spoolBytes: (config) => config.spoolBytes,
  start,
})
