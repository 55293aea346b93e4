import { join } from 'node:path'
import type { DetectionConfig } from '@sevenfold/config'
import { createReceiver, defineLayer, listenOnSocket, openRegistry, registryOf } from '@sevenfold/layer'
import type { Layer, PartContext, Receiver, RosterBook, RunningLayer, Timer } from '@sevenfold/layer'
import { Api } from './api/api.ts'
import { LiveStream } from './api/live-stream.ts'
import { Presence } from './api/presence.ts'
import { createNeverBan } from './authority/never-ban.ts'
import type { NeverBan } from './authority/never-ban.ts'
import { assembleDesk } from './desk/assemble-desk.ts'
import type { Desk } from './desk/assemble-desk.ts'
import { openEnforcement } from './enforcement/open-enforcement.ts'
import type { OpenEnforcement } from './enforcement/open-enforcement.ts'
import { coveredScenarios } from './feeds/covered-scenarios.ts'
import type { CoveredScenario } from './feeds/covered-scenarios.ts'
import { openFeeds } from './feeds/open-feeds.ts'
import type { OpenFeeds } from './feeds/open-feeds.ts'
import { openHostDoor } from './hosts/open-host-door.ts'
import type { HubJudge } from './judge/hub-judge.ts'
import { Judge } from './judge/judge.ts'
import { parseConfig } from './parse-config.ts'
import type { Profiles } from './profiles/profile.ts'
import { simulatedScenarios } from './profiles/simulated-scenarios.ts'
import { builtInScenarios } from './scenarios/built-in.ts'
import { judgesProbing } from './self-test.ts'
import { closeServer, createLimitedServer } from './servers.ts'
import { checkDoor, openTcpDoor } from './tls/tcp-door.ts'
import { followSources } from './sources.ts'
import type { FollowedSources } from './sources.ts'
import { openState } from './state/open-state.ts'
import type { State } from './state/open-state.ts'

type Context = PartContext<DetectionConfig>

const tickMs = 500
const collectEveryTicks = 120

function openReceiver(context: Context, judge: Judge, roster: RosterBook | undefined): Receiver {
  const local = openRegistry({
    path: join(context.dataDir, 'agents.json'),
    onInvalid: (error) => context.log.error('registry-invalid', { error }),
  })
  return createReceiver({
    registry: roster === undefined ? local : registryOf(local, roster),
    folder: join(context.dataDir, 'receiver'),
    clock: context.clock,
    log: context.log,
    metrics: context.metrics,
    // Judged at once and kept nowhere: the ledger keeps events, and buckets live in memory.
    onBatch: (batch) => {
      if (batch.part === 'edge') for (const { event } of batch.events) judge.takeEdgeEvent(event)
      if (batch.part === 'runtime') for (const { event } of batch.events) judge.takeAgentEvent(event)
      return Promise.resolve()
    },
    onIncident: ({ kind, message, agent }) => {
      if (kind !== 'cloned' && kind !== 'foreign-host') return
      const draft = context.events.notice(`receive-${kind}`, message, 90)
      const [part = ''] = agent.split('/')
      context.emit(part === '' ? draft : { ...draft, labels: { part } })
    },
  })
}

/** The configured profiles; the last good ones with an event when their file is broken; the default ones when none is named. */
async function configuredProfiles(context: Context, state: State): Promise<{ profiles?: Profiles }> {
  const { profiles: file, banDurationMs } = context.config
  const lastGoodPath = join(context.dataDir, 'profiles.last-good.yaml')
  const { openProfiles, forgetProfiles } = await import('./profiles/open-profiles.ts')
  if (file === undefined) {
    forgetProfiles(lastGoodPath)
    return {}
  }
  // Loaded only here: the expression language is most of what this process would hold.
  const { loadProfiles } = await import('./profiles/load-profiles.ts')
  const around = { ...state, now: () => context.clock.now(), banDurationMs }
  const opened = openProfiles({
    file,
    lastGoodPath,
    compile: (text, name) => loadProfiles(text, name, around),
  })
  if (opened.problem !== undefined) {
    context.log.error('profiles-not-loaded', { file, problem: opened.problem })
    context.emit(
      context.events.notice(
        'profiles-not-loaded',
        `the last good profiles stay in force instead of ${file}: ${opened.problem}`,
        85,
      ),
    )
  }
  return opened
}

/** What decides about alerts, with the state of the data folder behind it. */
async function openDesk(context: Context, state: State, neverBan: NeverBan): Promise<Desk> {
  const { config } = context
  return assembleDesk({
    ...state,
    ...(await configuredProfiles(context, state)),
    neverBan,
    events: context.events,
    emit: (draft) => context.emit(draft),
    mode: () => context.mode(),
    now: () => context.clock.now(),
    banDurationMs: config.banDurationMs,
    escalation: { factor: config.escalation.factor, maxMs: config.escalation.maxMs },
    isSimulated: simulatedScenarios(config.simulation),
  })
}

/** Hub rules, where the configuration names a folder of them. */
async function openHub(
  context: Context,
  state: State,
  { neverBan, desk }: { neverBan: NeverBan; desk: Desk },
): Promise<HubJudge | undefined> {
  if (context.config.hub === undefined) return undefined
  const { openHubJudge } = await import('./hub/open-hub-judge.ts')
  const { decisionFacility } = await import('./profiles/load-profiles.ts')
  return await openHubJudge(context, {
    desk: desk.desk,
    neverBan,
    isAllowed: (address) => state.allowLists.reasons(address).length > 0,
    decisions: decisionFacility({ ...state, now: () => context.clock.now() }),
  })
}

function createJudge(
  context: Context,
  state: State,
  parts: { neverBan: NeverBan; desk: Desk; hub: HubJudge | undefined },
): Judge {
  const hub = context.config.hub?.edgeEvents === true ? parts.hub : undefined
  return new Judge({
    ...(hub === undefined ? {} : { hub }),
    scenarios: builtInScenarios,
    store: state.store,
    neverBan: parts.neverBan,
    desk: parts.desk.desk,
    shares: parts.desk.shares,
    isAllowed: (address) => state.allowLists.reasons(address).length > 0,
    events: context.events,
    emit: (draft) => context.emit(draft),
    mode: () => context.mode(),
    now: () => context.clock.now(),
    monotonicMs: () => context.clock.monotonicMs(),
  })
}

/** Ends decisions, judges lines that waited, and counts; every `tickMs`. */
function startTicking(
  context: Context,
  parts: { judge: Judge; hub: HubJudge | undefined; desk: Desk; neverBan: NeverBan; state: State },
): { stop(): void } {
  const { judge, hub, desk, neverBan, state } = parts
  const active = context.metrics.gauge('sevenfold_detection_decisions', 'Active decisions')
  const buckets = context.metrics.gauge('sevenfold_detection_buckets', 'Buckets in memory')
  const refused = context.metrics.gauge('sevenfold_detection_refused_sources', 'Sources that found no bucket')
  const evicted = context.metrics.gauge(
    'sevenfold_detection_evicted_buckets',
    'Buckets that gave way to others of their own network',
  )
  const held = context.metrics.gauge('sevenfold_detection_held_bans', 'Bans that wait for somebody to decide')
  let ticks = 0
  let timer: Timer | undefined
  const tick = (): void => {
    for (const decision of state.store.expire()) desk.desk.announceEnd(decision, 'expired')
    desk.desk.announceDropped(state.held.expire(), 'nobody decided about them in time')
    judge.tick()
    hub?.tick()
    ticks += 1
    if (ticks % collectEveryTicks === 0) {
      judge.collect()
      neverBan.refresh()
    }
    const counters = judge.counters()
    active.set(state.store.size)
    held.set(state.held.size)
    const ofHub = hub?.counters()
    buckets.set(counters.buckets + (ofHub?.buckets ?? 0))
    refused.set(counters.refused + (ofHub?.refused ?? 0))
    evicted.set(counters.evicted + (ofHub?.evicted ?? 0))
    timer = context.clock.after(tickMs, tick)
  }
  tick()
  return { stop: () => timer?.cancel() }
}

function createApi(
  context: Context,
  parts: {
    state: State
    desk: Desk
    judge: Judge
    hub: HubJudge | undefined
    neverBan: NeverBan
    live: LiveStream
    enforcement: OpenEnforcement
    feeds: OpenFeeds
    sourceStates: () => unknown
  },
): Api {
  return new Api({
    ...parts.state,
    ...parts.desk,
    judge: parts.judge,
    neverBan: parts.neverBan,
    live: parts.live,
    presence: new Presence(() => context.clock.now()),
    guard: { hosts: hostsOf(context.config.api) },
    certificates: context.config.api.tls?.clients,
    banDurationMs: context.config.banDurationMs,
    clock: context.clock,
    log: context.log,
    onAct: (act) => context.emit(context.events.admin(act, 'success')),
    moreRoutes: parts.feeds.routes,
    moreStatus: () => ({
      enforcement: parts.enforcement.states(),
      feeds: parts.feeds.states(),
      sources: parts.sourceStates(),
      ...(parts.hub === undefined
        ? {}
        : {
            hub: { ...parts.hub.counters(), scenarios: parts.hub.scenarios() },
            covered: coveredBySensors(context.config, parts.hub),
          }),
    }),
  })
}

/** Host names that the API answers to over TCP: the configured ones, and the address that it listens on. */
function hostsOf({ hosts, listen: { host } }: DetectionConfig['api']): readonly string[] {
  const own = host.includes(':') ? `[${host}]` : host
  return [...hosts.map((name) => name.toLowerCase()), ...(host === '0.0.0.0' || host === '::' ? [] : [own])]
}

/** Scenarios whose work a network sensor among the sources does already. */
function coveredBySensors(config: DetectionConfig, hub: HubJudge): readonly CoveredScenario[] {
  const sources = config.sources.map(({ file, type, labels }) =>
    [file, type, ...Object.values(labels)].join(' '),
  )
  return coveredScenarios(
    sources,
    hub.scenarios().map(({ name }) => name),
  )
}

async function start(context: Context): Promise<RunningLayer<DetectionConfig>> {
  checkDoor(context.config.api)
  const state = await openState(context)
  try {
    return await startWith(context, state)
  } catch (error) {
    await state.close() // another configuration may be tried on the same files
    throw error
  }
}

async function startWith(context: Context, state: State): Promise<RunningLayer<DetectionConfig>> {
  const { config, clock, dataDir } = context
  const neverBan = createNeverBan({ listed: config.neverBan, proxies: config.declaredProxies })
  const desk = await openDesk(context, state, neverBan)
  state.allowLists.onChange(() => {
    desk.desk
      .applyAllowLists()
      .catch((error: unknown) => context.log.error('allow-lists-not-applied', { error }))
    feeds.reconcile()
  })
  const hub = await openHub(context, state, { neverBan, desk })
  const judge = createJudge(context, state, { neverBan, desk, hub })
  const live = new LiveStream({ store: state.store, clock })
  const enforcement = openEnforcement(context, state.store)
  const feeds = await openFeeds(context, config.feeds, {
    ...state,
    ...desk,
    neverBan,
    onAct: (act) => context.emit(context.events.admin(act, 'success')),
  })
  let sources: FollowedSources | undefined
  const sourceStates = (): unknown => sources?.states() ?? []
  const api = createApi(context, {
    state,
    desk,
    judge,
    hub,
    neverBan,
    live,
    enforcement,
    feeds,
    sourceStates,
  })
  const door = openHostDoor(context, { receiver: () => receiver, live })
  const receiver = openReceiver(context, judge, door?.roster)
  const [ingest, socket] = [createLimitedServer(), createLimitedServer()]
  ingest.on('request', receiver.handle)
  socket.on('request', (request, response) => api.handle(request, response, 'socket'))
  await listenOnSocket(ingest, join(dataDir, 'ingest.sock'))
  await listenOnSocket(socket, join(dataDir, 'api.sock'))
  const tcp = await openTcpDoor(context, (request, response) => api.handle(request, response, 'tcp'))
  await door?.start()
  sources = await followSources(context, { judge, hub })
  const ticking = startTicking(context, { judge, hub, desk, neverBan, state })
  return {
    selfTest: () => Promise.resolve({ ok: judgesProbing(), details: { decisions: state.store.size } }),
    stop: async () => {
      ticking.stop()
      await Promise.all([sources?.close(), feeds.stop(), door?.stop()])
      live.close()
      await Promise.all([closeServer(ingest), closeServer(socket), tcp.close()])
      await receiver.close()
      await enforcement.stop()
      await state.close()
    },
    listening: [{ name: 'local API', url: tcp.url }],
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
