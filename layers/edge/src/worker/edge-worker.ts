import { randomBytes } from 'node:crypto'
import type { EdgeConfig } from '@sevenfold/config'
import { createRedactor, uuidV7 } from '@sevenfold/event'
import type { Listening, PartContext } from '@sevenfold/layer'
import { CompileCache } from '@sevenfold/seclang'
import { BanHolder } from '../ban/ban-holder.ts'
import { EdgeError } from '../edge-error.ts'
import { EdgeEvents } from '../events/edge-events.ts'
import type { HttpEngine } from '../http/exchange.ts'
import { createSocketEngine } from '../http/socket-engine.ts'
import { buildInspection } from '../inspection/build-inspection.ts'
import { siteRules } from '../inspection/site-rules.ts'
import type { SiteExclusion } from '../fixes/site-exclusion.ts'
import { SiteInspections } from '../fixes/site-inspections.ts'
import { Gateway } from '../pipeline/gateway.ts'
import type { GatewayContext } from '../pipeline/gateway-context.ts'
import { createSiteRouter } from '../pipeline/site-router.ts'
import type { Site } from '../pipeline/site.ts'
import { buildSite } from './build-sites.ts'
import { testWorkers } from './self-test.ts'
import type { WorkerTest } from './self-test.ts'
import { publishCounts } from './worker-metrics.ts'
import type { BanUpdate } from './worker-message.ts'

/** What a worker needs. */
export interface EdgeWorkerOptions {
  readonly context: PartContext<EdgeConfig>
  /** Key of canary marks, or null. */
  readonly canaryKey: Uint8Array | null
  /** A canary went through the judgement. */
  readonly onCanary: (attack: string, stopped: boolean) => void
}

const sweepMs = 60_000
/** Time that running requests get when the worker stops, milliseconds. */
export const drainGraceMs = 1500

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
  private readonly engine: HttpEngine
  private readonly sites: Site[] = []
  private readonly gateway: Gateway
  private readonly timers: NodeJS.Timeout[] = []

  /** @throws EdgeError EDGE_RULES_INVALID. */
  constructor(options: EdgeWorkerOptions) {
    const { context } = options
    const { config } = context
    this.options = options
    this.bans = new BanHolder(randomBytes(4).readUInt32LE())
    const { inspectionSteps: steps, inspectedBodySizeBytes } = config.limits
    const cache = new CompileCache()
    this.inspections = new SiteInspections(siteRules(config), (rules) =>
      buildInspection({ ...rules, steps, inspectedBodySizeBytes, cache }),
    )
    this.events = new EdgeEvents({
      builder: context.events,
      redactor: createRedactor(context.keys.redactionKey),
      spool: context.spool,
      now: () => context.clock.now(),
    })
    this.gateway = new Gateway(this.gatewayContext(config), createSiteRouter([]), [])
    this.engine = createSocketEngine({ limits: config.limits, handler: this.gateway, monotonicMs })
  }

  /** Opens all listeners. Rejects when one cannot be opened. */
  async start(): Promise<void> {
    const { context } = this.options
    const ports = new Map<string, number>()
    const listening: Listening[] = []
    for (const site of context.config.sites) {
      const { host, port } = site.listen
      const key = `${host} ${port}`
      // Sites share a listener; port 0 asks for one of its own.
      const taken = port === 0 ? undefined : ports.get(key)
      const real = taken ?? (await this.listen(host, port))
      ports.set(key, real)
      this.sites.push(
        buildSite(site, real, {
          config: context.config,
          inspection: this.inspections.of(site.name),
          monotonicMs,
          mode: (name) => context.mode(name),
        }),
      )
      const shown = host.includes(':') ? `[${host}]` : host
      listening.push({ name: `site ${site.name}`, url: `http://${shown}:${real}` })
    }
    this.listening = listening
    this.gateway.replaceSites(createSiteRouter(this.sites), this.sites)
    this.timers.push(
      setInterval(() => this.bans.sweep(context.clock.now()), sweepMs),
      publishCounts(context.metrics, this.events.counts, () => ({
        connections: this.engine.connections,
        bans: this.bans.size,
      })),
    )
  }

  private async listen(host: string, port: number): Promise<number> {
    try {
      return (await this.engine.listen(host, port)).port
    } catch (error) {
      const inUse = error instanceof Error && error.message.includes('EADDRINUSE')
      const why = inUse ? 'another program uses this port' : String(error)
      throw new EdgeError('EDGE_LISTEN', `cannot listen on ${host} port ${port}: ${why}`, error)
    }
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
    return problems
  }

  selfTest(): Promise<WorkerTest> {
    return testWorkers(this.inspections.all.map(({ inspector }) => inspector))
  }

  /** Finishes running requests (at most `drainGraceMs`) and closes everything. */
  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer)
    await this.engine.close(drainGraceMs)
    for (const site of this.sites) site.pool.close()
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
      bounds: { inspectionSteps: limits.inspectionSteps, inspectionSliceMs: limits.inspectionSliceMs },
      inspectedBodySizeBytes: limits.inspectedBodySizeBytes,
      canaryKey,
      canarySeen: (attack, stopped) => {
        context.setCanary({ ok: stopped, time: new Date(context.clock.now()).toISOString(), attack })
        onCanary(attack, stopped)
      },
    }
  }
}
