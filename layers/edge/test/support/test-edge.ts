import type { Mode } from '@sevenfold/event'
import { createNetworkSet } from '../../src/address/client-address.ts'
import { BanHolder } from '../../src/ban/ban-holder.ts'
import type { BanEntry } from '../../src/ban/ban-table.ts'
import { defaultHttpLimits } from '../../src/http/limits.ts'
import type { HttpLimits } from '../../src/http/limits.ts'
import { createSocketEngine } from '../../src/http/socket-engine.ts'
import type { HttpEngine } from '../../src/http/exchange.ts'
import { Gateway } from '../../src/pipeline/gateway.ts'
import type { BlockRecord, RequestRecord } from '../../src/pipeline/request-record.ts'
import { createSiteRouter } from '../../src/pipeline/site-router.ts'
import type { Site, SiteInspection, Step } from '../../src/pipeline/site.ts'
import { defaultUpstreamLimits } from '../../src/upstream/upstream-limits.ts'
import type { UpstreamLimits } from '../../src/upstream/upstream-limits.ts'
import { UpstreamPool } from '../../src/upstream/upstream-pool.ts'

/** A site of a test. */
export interface TestSite {
  readonly name?: string
  readonly hosts?: readonly string[]
  readonly upstreamPort: number
  readonly proxies?: readonly string[]
  readonly inspection?: SiteInspection
  readonly onInspectionFailure?: 'refuse' | 'pass'
  readonly modes?: Partial<Record<Step, Mode>>
}

/** How a test edge is set up. */
export interface TestEdgeOptions {
  readonly sites: readonly TestSite[]
  readonly limits?: Partial<HttpLimits & UpstreamLimits>
  readonly canaryKey?: Uint8Array
  readonly inspectedBodySizeBytes?: number
  readonly inspectionSteps?: number
  readonly isOwnListener?: (address: string, port: number) => boolean
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
}

/** An edge in this process, with everything it reports. */
export class TestEdge {
  readonly accesses: SeenRecord[] = []
  readonly blocks: (Pick<BlockRecord, 'step' | 'verdict' | 'rule' | 'message'> & SeenRecord)[] = []
  readonly canaries: { attack: string; stopped: boolean }[] = []
  readonly bans = new BanHolder(7)
  readonly ports: number[] = []
  readonly engine: HttpEngine
  readonly pools: UpstreamPool[] = []
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
        bounds: { inspectionSteps: options.inspectionSteps ?? 1_000_000, inspectionSliceMs: 2 },
        inspectedBodySizeBytes: options.inspectedBodySizeBytes ?? 65_536,
        canaryKey: options.canaryKey ?? null,
        canarySeen: (attack, stopped) => void this.canaries.push({ attack, stopped }),
      },
      createSiteRouter([]),
      [],
    )
    this.engine = createSocketEngine({
      limits: { ...defaultHttpLimits, ...options.limits },
      handler: this.gateway,
      monotonicMs,
    })
  }

  /** Starts an edge; all sites share one listener unless `ownPorts`. */
  static async start(options: TestEdgeOptions, ownPorts = false): Promise<TestEdge> {
    const edge = new TestEdge(options)
    const sites: Site[] = []
    for (const site of options.sites) {
      if (ownPorts || edge.ports.length === 0) {
        edge.ports.push((await edge.engine.listen('127.0.0.1', 0)).port)
      }
      sites.push(edge.makeSite(site, edge.ports.at(-1) ?? 0))
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

  private makeSite(site: TestSite, port: number): Site {
    const pool = new UpstreamPool({
      host: '127.0.0.1',
      port: site.upstreamPort,
      limits: { ...defaultUpstreamLimits, ...this.options.limits },
      monotonicMs: () => performance.now(),
      ...(this.options.isOwnListener === undefined ? {} : { isOwnListener: this.options.isOwnListener }),
    })
    this.pools.push(pool)
    return {
      name: site.name ?? 'shop',
      port,
      hosts: site.hosts ?? ['*'],
      pool,
      upstreamAuthority: `127.0.0.1:${site.upstreamPort}`,
      proxies: createNetworkSet(site.proxies ?? []),
      inspection: site.inspection ?? null,
      onInspectionFailure: site.onInspectionFailure ?? 'refuse',
      mode: (step) => site.modes?.[step] ?? 'enforce',
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
  }
}
