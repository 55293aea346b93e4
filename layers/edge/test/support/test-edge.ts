import type { Mode } from '@sevenfold/event'
import { createNetworkSet } from '../../src/address/client-address.ts'
import { BanHolder } from '../../src/ban/ban-holder.ts'
import type { BanEntry } from '../../src/ban/ban-table.ts'
import { defaultHttpLimits } from '../../src/http/limits.ts'
import type { HttpLimits } from '../../src/http/limits.ts'
import { createNodeEngine } from '../../src/http/node-engine.ts'
import { createSocketEngine } from '../../src/http/socket-engine.ts'
import type { ListenOptions } from '../../src/listen/listen-options.ts'
import type { HttpEngine, Listening } from '../../src/http/exchange.ts'
import { Gateway } from '../../src/pipeline/gateway.ts'
import { InspectionQueue } from '../../src/pipeline/inspection-queue.ts'
import type { BlockRecord, RequestRecord } from '../../src/pipeline/request-record.ts'
import { createSiteRouter } from '../../src/pipeline/site-router.ts'
import type { Site, SiteInspection, Step } from '../../src/pipeline/site.ts'
import { defaultUpstreamLimits } from '../../src/upstream/upstream-limits.ts'
import type { UpstreamLimits } from '../../src/upstream/upstream-limits.ts'
import { UpstreamPool } from '../../src/upstream/upstream-pool.ts'
import type { Upstreams } from '../../src/upstream/upstreams.ts'

/** A site of a test. */
export interface TestSite {
  readonly name?: string
  readonly hosts?: readonly string[]
  readonly upstreamPort: number
  readonly proxies?: readonly string[]
  readonly inspection?: SiteInspection
  readonly onInspectionFailure?: 'refuse' | 'pass'
  readonly modes?: Partial<Record<Step, Mode>>
  readonly pool?: Upstreams
  readonly change?: Partial<Site>
}

/** How a test edge is set up. */
export interface TestEdgeOptions {
  readonly sites: readonly TestSite[]
  readonly limits?: Partial<HttpLimits & UpstreamLimits>
  readonly canaryKey?: Uint8Array
  readonly inspectedBodySizeBytes?: number
  readonly inspectionSteps?: number
  readonly queue?: InspectionQueue
  readonly isOwnListener?: (address: string, port: number) => boolean
  readonly engine?: 'socket' | 'node'
  /** How the listeners are opened. */
  readonly listen?: Partial<ListenOptions>
}

/** What a request looked like when its event was written. */
export interface SeenRecord {
  readonly status: number
  readonly site: string
  readonly client: string
  readonly requestBytes: number
  readonly responseBytes: number
  readonly failure: string
  readonly trace: readonly string[]
  readonly canary: string
  readonly ja4: string
}

/** Engine of tests that name none: every suite runs with each. */
export const testEngine: 'socket' | 'node' =
  process.env['SEVENFOLD_EDGE_ENGINE'] === 'node' ? 'node' : 'socket'

/** An edge in this process, with everything it reports. */
export class TestEdge {
  readonly accesses: SeenRecord[] = []
  readonly blocks: (Pick<BlockRecord, 'step' | 'verdict' | 'rule' | 'message'> & SeenRecord)[] = []
  /** Sites of the requests that were passed on, in their order. */
  readonly passed: string[] = []
  readonly canaries: { attack: string; stopped: boolean }[] = []
  readonly bans = new BanHolder(7)
  readonly ports: number[] = []
  readonly engine: HttpEngine
  readonly pools: Upstreams[] = []
  private readonly options: TestEdgeOptions
  private readonly gateway: Gateway
  private nextId = 1
  private version = 0

  private constructor(options: TestEdgeOptions) {
    this.options = options
    const monotonicMs = (): number => performance.now()
    this.gateway = new Gateway(
      {
        events: {
          access: (record) => void this.accesses.push(seen(record)),
          forwarded: (site) => void this.passed.push(site),
          block: (record, block) => {
            const { step, verdict, rule, message } = block
            this.blocks.push({ step, verdict, rule, message, ...seen(record) })
          },
        },
        banVersion: () => this.bans.stamp,
        ban: (address) => this.bans.lookup(address, Date.now()),
        newId: () => `id-${this.nextId++}`,
        now: () => Date.now(),
        monotonicMs,
        bounds: {
          inspectionSteps: options.inspectionSteps ?? 1_000_000,
          inspectionSliceMs: 2,
          queue: options.queue ?? new InspectionQueue(),
        },
        inspectedBodySizeBytes: options.inspectedBodySizeBytes ?? 65_536,
        canaryKey: options.canaryKey ?? null,
        canarySeen: (attack, stopped) => void this.canaries.push({ attack, stopped }),
      },
      createSiteRouter([]),
      [],
    )
    const create = (options.engine ?? testEngine) === 'node' ? createNodeEngine : createSocketEngine
    this.engine = create({
      limits: { ...defaultHttpLimits, ...options.limits },
      handler: this.gateway,
      monotonicMs,
    })
  }

  /** Starts an edge; all sites share one listener unless `ownPorts`. */
  static async start(options: TestEdgeOptions, ownPorts = false): Promise<TestEdge> {
    const edge = new TestEdge(options)
    const sites: Site[] = []
    let listening: Listening | null = null
    for (const site of options.sites) {
      if (ownPorts || edge.ports.length === 0) {
        listening = await edge.engine.listen({ host: '127.0.0.1', port: 0, ...options.listen })
        edge.ports.push(listening.port)
      }
      sites.push(edge.makeSite(site, listening?.id ?? 0))
    }
    edge.gateway.replaceSites(createSiteRouter(sites), sites)
    return edge
  }

  get port(): number {
    return this.ports[0] ?? 0
  }

  ban(entry: Partial<BanEntry> & { value: string }): void {
    this.version += 1
    const whole: BanEntry = {
      kind: 'ban',
      until: Date.now() / 1000 + 3600,
      decision: 42,
      scenario: 'test/scenario',
      origin: 'sevenfold',
      ...entry,
    }
    this.bans.apply({
      type: 'bans',
      version: this.version,
      reset: false,
      set: [whole],
      unset: [],
      last: true,
    })
  }

  unban(value: string): void {
    this.version += 1
    this.bans.apply({
      type: 'bans',
      version: this.version,
      reset: false,
      set: [],
      unset: [value],
      last: true,
    })
  }

  async close(): Promise<void> {
    await this.engine.close(0)
    for (const pool of this.pools) pool.close()
  }

  private makeSite(site: TestSite, listener: number): Site {
    const pool =
      site.pool ??
      new UpstreamPool({
        host: '127.0.0.1',
        port: site.upstreamPort,
        limits: { ...defaultUpstreamLimits, ...this.options.limits },
        monotonicMs: () => performance.now(),
        ...(this.options.isOwnListener === undefined ? {} : { isOwnListener: this.options.isOwnListener }),
      })
    this.pools.push(pool)
    return {
      name: site.name ?? 'shop',
      listener,
      hosts: site.hosts ?? ['*'],
      pool,
      retries: 1,
      answerFields: '',
      ownHandshake: false,
      beside: '',
      upstreamAuthority: `127.0.0.1:${site.upstreamPort}`,
      proxies: createNetworkSet(site.proxies ?? []),
      inspection: site.inspection ?? null,
      onInspectionFailure: site.onInspectionFailure ?? 'refuse',
      mode: (step) => site.modes?.[step] ?? 'enforce',
      ...site.change,
    }
  }
}

function seen(record: RequestRecord): SeenRecord {
  return {
    status: record.status,
    site: record.site,
    client: record.clientAddress,
    requestBytes: record.requestBytes,
    responseBytes: record.responseBytes,
    failure: record.failure?.code ?? '',
    trace: record.trace().map(({ step, verdict }) => `${step}:${verdict}`),
    canary: record.canary,
    ja4: record.tls?.ja4 ?? '',
  }
}
