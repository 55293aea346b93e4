import { randomBytes } from 'node:crypto'
import type { EdgeConfig } from '@sevenfold/config'
import { createRedactor, uuidV7 } from '@sevenfold/event'
import type { Mode } from '@sevenfold/event'
import type { Listening, PartContext } from '@sevenfold/layer'
import { CompileCache } from '@sevenfold/seclang'
import { BanHolder } from '../ban/ban-holder.ts'
import { EdgeEvents } from '../events/edge-events.ts'
import type { HttpEngine, Listening as DoorListening } from '../http/exchange.ts'
import { createSocketEngine } from '../http/socket-engine.ts'
import { buildInspection } from '../inspection/build-inspection.ts'
import { siteRules } from '../inspection/site-rules.ts'
import type { SiteExclusion } from '../fixes/site-exclusion.ts'
import { buildSiteSteps } from '../guard/build-site-steps.ts'
import type { BuiltSteps } from '../guard/build-site-steps.ts'
import { GuardServices } from '../guard/guard-services.ts'
import type { GuardQuestion, GuardTold, RateUpdate } from '../rate/rate-message.ts'
import { SiteInspections } from '../fixes/site-inspections.ts'
import { Gateway } from '../pipeline/gateway.ts'
import type { GatewayContext } from '../pipeline/gateway-context.ts'
import { InspectionQueue } from '../pipeline/inspection-queue.ts'
import { createSiteRouter } from '../pipeline/site-router.ts'
import type { Site } from '../pipeline/site.ts'
import type { SocketSource } from '../sockets/socket-source.ts'
import { LocalAnswer } from '../upstream/local-answer.ts'
import { certificateLookMs } from '../tls/certificate-keeper.ts'
import { createNodeEngine } from '../http/node-engine.ts'
import { buildSite, ownListenerTest, ownSocketTest, stepMode } from './build-sites.ts'
import { buildUpstreams } from './build-upstreams.ts'
import { redirectAnswer } from './redirect-answer.ts'
import { JudgementDoors } from '../beside/judgement-doors.ts'
import { SiteDoors } from './site-doors.ts'
import type { SiteDoor } from './site-doors.ts'
import { testWorkers } from './self-test.ts'
import type { WorkerTest } from './self-test.ts'
import { publishCounts } from './worker-metrics.ts'
import type { BanUpdate } from './worker-message.ts'

/** What a worker needs. */
export interface EdgeWorkerOptions {
  readonly context: PartContext<EdgeConfig>
  /** Key of canary marks, or null. */
  readonly canaryKey: Uint8Array | null
  /** Secret of challenges and counters, the same in all workers. */
  readonly guardSecret: Uint8Array
  /** Tells the primary about counters. */
  readonly onCounters: (message: RateUpdate | GuardQuestion) => void
  /** Where listening sockets come from. */
  readonly sockets: SocketSource
  /** A canary went through the judgement. */
  readonly onCanary: (attack: string, stopped: boolean) => void
}

const sweepMs = 60_000
/** Time that running requests get when the worker stops, milliseconds. */
export const drainGraceMs = 1500
/** The same when another worker takes over: nobody waits for the end but slow requests. */
export const handOverGraceMs = 5000

function monotonicMs(): number {
  return performance.now()
}

/** Serves all sites of the configuration in this process. */
export class EdgeWorker {
  readonly bans: BanHolder
  listening: readonly Listening[] = []
  private readonly options: EdgeWorkerOptions
  private readonly events: EdgeEvents
  private readonly inspections: SiteInspections
  private readonly queue = new InspectionQueue()
  private readonly engine: HttpEngine
  private readonly doors: SiteDoors
  private readonly judgements: JudgementDoors
  private acmeTokens: ReadonlyMap<string, string> = new Map()
  private readonly sites: Site[] = []
  private readonly gateway: Gateway
  private readonly guards: GuardServices
  private steps: ReadonlyMap<string, BuiltSteps> = new Map()
  private readonly timers: NodeJS.Timeout[] = []

  /** @throws EdgeError EDGE_RULES_INVALID. */
  constructor(options: EdgeWorkerOptions) {
    const { context, sockets } = options
    const { config } = context
    this.options = options
    this.bans = new BanHolder(randomBytes(4).readUInt32LE())
    const { inspectionSteps: steps, inspectedBodySizeBytes } = config.limits
    const cache = new CompileCache()
    const onLeftOut = (message: string): void => context.log.warn('rule-left-out', { message })
    this.inspections = new SiteInspections(siteRules(config), (rules) =>
      buildInspection({ ...rules, steps, inspectedBodySizeBytes, cache, onLeftOut }),
    )
    this.events = new EdgeEvents({
      builder: context.events,
      redactor: createRedactor(context.keys.redactionKey),
      spool: context.spool,
      now: () => context.clock.now(),
    })
    this.guards = this.guardServices()
    const pipeline = this.gatewayContext(config)
    this.gateway = new Gateway(pipeline, createSiteRouter([]), [])
    const engine = { limits: config.limits, handler: this.gateway, monotonicMs, sockets }
    this.engine = config.engine === 'node' ? createNodeEngine(engine) : createSocketEngine(engine)
    this.judgements = new JudgementDoors({
      config,
      context: pipeline,
      site: (name) => this.sites.find((site) => site.name === name),
      monotonicMs,
      sockets,
    })
    this.doors = new SiteDoors({
      engine: this.engine,
      config,
      dataDir: context.dataDir,
      log: context.log,
      onExpiry: (ms) => context.setExpiry({ certificates: new Date(ms).toISOString() }),
    })
  }

  /** Opens all listeners. Rejects when one cannot be opened. */
  async start(): Promise<void> {
    const { context } = this.options
    this.steps = await buildSiteSteps({
      config: context.config,
      services: this.guards,
      secret: this.options.guardSecret,
      mode: (site, step) => stepMode(site, step, context.mode(site.name)),
    })
    this.guards.start()
    const doors = await this.doors.open()
    for (const door of doors) this.sites.push(...this.sitesOf(door))
    this.listening = [
      ...doors.map(({ site, listening }) => ({
        name: `site ${site.name}`,
        url: urlOf(listening, site.tls !== undefined),
      })),
      ...doors.flatMap(({ site, redirect }) =>
        redirect === null ? [] : [{ name: `redirect to site ${site.name}`, url: urlOf(redirect, false) }],
      ),
    ]
    this.gateway.replaceSites(createSiteRouter(this.sites), this.sites)
    const asked = await this.judgements.open()
    this.listening = [
      ...this.listening,
      ...asked.map(({ config, listening }) => ({
        name: `judgement of site ${config.site} for ${config.kind}: no body, no response`,
        url: urlOf(listening, false),
      })),
    ]
    this.timers.push(
      setInterval(() => this.bans.sweep(context.clock.now()), sweepMs),
      setInterval(() => this.doors.look(), certificateLookMs),
      publishCounts(context.metrics, this.events.counts, () => ({
        connections: this.engine.connections,
        bans: this.bans.size,
      })),
    )
  }

  /** The site itself, and its plain address that only sends on. */
  private sitesOf({ site, listening, redirect }: SiteDoor): readonly Site[] {
    const { context } = this.options
    const mode = (name: string): Mode => context.mode(name)
    const { limits, ownListeners } = context.config
    const upstreams = buildUpstreams(site, {
      limits,
      monotonicMs,
      isOwnListener: ownListenerTest(ownListeners),
      isOwnSocket: ownSocketTest(context.config, context.rootDir),
      onTarget: (url, up) => this.events.target(site.name, url, up),
    })
    const inspection = this.inspections.of(site.name)
    const place = { listener: listening.id, upstreams }
    const own: Site = { ...buildSite(site, place, { inspection, mode }), ...this.steps.get(site.name) }
    if (redirect === null) return [own]
    const answer = redirectAnswer(
      () => (site.listen.port === 0 ? listening.port : site.listen.port),
      () => this.acmeTokens,
    )
    const plain = { ...site, steps: { ...site.steps, waf: 'off', response: 'off' } as const }
    const plainPlace = { listener: redirect.id, upstreams: new LocalAnswer(answer) }
    return [
      own,
      { ...buildSite(plain, plainPlace, { inspection: null, mode }), answerFields: '', ownHandshake: false },
    ]
  }

  /** Tokens that a certificate authority asks for. */
  setAcmeTokens(tokens: Readonly<Record<string, string>>): void {
    this.acmeTokens = new Map(Object.entries(tokens))
  }

  /** Session tickets are made with keys from this seed from now on. */
  useTickets(seed: Uint8Array): void {
    this.doors.useTickets(seed)
  }

  /** Takes what the primary says about counters. */
  takeCounters(message: RateUpdate | GuardTold): void {
    this.guards.take(message)
  }

  /** Takes a part of the decisions; true when a version is complete. */
  applyBans(update: BanUpdate): boolean {
    return this.bans.apply(update)
  }

  /**
   * Puts exclusions in force for all requests that start from now on; running ones end as they began. Returns what
   * could not be used.
   */
  exclude(list: readonly SiteExclusion[]): readonly string[] {
    const problems = this.inspections.use(list)
    const changed = this.sites.map((site) => ({ ...site, inspection: this.inspections.of(site.name) }))
    this.sites.splice(0, this.sites.length, ...changed)
    this.gateway.replaceSites(createSiteRouter(this.sites), this.sites)
    this.judgements.refresh()
    return problems
  }

  selfTest(): Promise<WorkerTest> {
    return testWorkers(this.inspections.all.map(({ inspector }) => inspector))
  }

  /**
   * Finishes running requests (at most `drainGraceMs`) and closes everything.
   * @param patient true when another process takes over: idle connections get time for a request under way.
   */
  async stop(patient = false): Promise<void> {
    for (const timer of this.timers) clearInterval(timer)
    this.guards.stop()
    const graceMs = patient ? handOverGraceMs : drainGraceMs
    await Promise.all([this.engine.close(graceMs, patient), this.judgements.close(graceMs, patient)])
    for (const site of this.sites) site.pool.close()
  }

  private guardServices(): GuardServices {
    const { context, guardSecret, onCounters } = this.options
    return new GuardServices({
      config: context.config,
      secret: guardSecret,
      monotonicMs,
      now: () => context.clock.now(),
      send: onCounters,
      notice: (action, message) => context.emit(context.events.notice(action, message)),
      inspections: this.queue,
      finding: (site, finding) => {
        const draft = context.events.finding(finding)
        context.emit({ ...draft, sevenfold: { ...draft.sevenfold, site } })
      },
    })
  }

  private gatewayContext(config: EdgeConfig): GatewayContext {
    const { context, canaryKey, onCanary } = this.options
    const { limits } = config
    return {
      events: this.events,
      banVersion: () => this.bans.stamp,
      ban: (address) => this.bans.lookup(address, context.clock.now()),
      newId: uuidV7,
      now: () => context.clock.now(),
      monotonicMs,
      bounds: {
        inspectionSteps: limits.inspectionSteps,
        inspectionSliceMs: limits.inspectionSliceMs,
        queue: this.queue,
      },
      inspectedBodySizeBytes: limits.inspectedBodySizeBytes,
      canaryKey,
      canarySeen: (attack, stopped) => {
        context.setCanary({ ok: stopped, time: new Date(context.clock.now()).toISOString(), attack })
        onCanary(attack, stopped)
      },
    }
  }
}

/** Where people reach a listener. */
function urlOf({ host, port, path }: DoorListening, encrypted: boolean): string {
  if (path !== undefined) return `unix:${path}`
  return `${encrypted ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`
}
