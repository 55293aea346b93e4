import { readConfig, compileConfig } from '@sevenfold/config'
import type { EdgeConfig } from '@sevenfold/config'
import type { Finding, Mode } from '@sevenfold/event'
import type { NameLookup } from '../../src/bots/name-lookup.ts'
import { buildSiteSteps } from '../../src/guard/build-site-steps.ts'
import { GuardServices } from '../../src/guard/guard-services.ts'
import type { SiteInspection, Step } from '../../src/pipeline/site.ts'
import { RateHub } from '../../src/rate/rate-hub.ts'
import type { GuardQuestion } from '../../src/rate/rate-message.ts'
import { RawUpstream } from './raw-upstream.ts'
import { TestEdge } from './test-edge.ts'

/** How an edge with steps is set up. */
export interface StepsEdgeOptions {
  /** Lines of the site's section, as in sevenfold.yaml. */
  readonly site: string
  readonly modes?: Partial<Record<Step, Mode>>
  readonly lookup?: NameLookup
  readonly inspection?: SiteInspection
  readonly proxies?: readonly string[]
  /** What the primary does with questions; it answers them when absent. */
  readonly primary?: ((question: GuardQuestion) => void) | null
  /** Folder that files are relative to. */
  readonly folder?: string
}

/** Sections of the edge for a site, compiled as `sevenfold up` does it. */
export function compiledEdge(site: string, folder = '/'): EdgeConfig {
  const text = `version: 1\nsites:\n  - name: shop\n    listen: "127.0.0.1:1"\n    upstream: http://127.0.0.1:2\n${site
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')}\n`
  const read = readConfig(text, 'test')
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('; '))
  return compileConfig(read.config, folder).parts.edge
}

/** An edge in this process with all its steps, and a service behind it. */
export class StepsEdge {
  readonly edge: TestEdge
  readonly upstream: RawUpstream
  readonly services: GuardServices
  readonly notices: string[]
  readonly findings: Finding[]

  private constructor(
    edge: TestEdge,
    upstream: RawUpstream,
    services: GuardServices,
    told: { notices: string[]; findings: Finding[] },
  ) {
    this.edge = edge
    this.upstream = upstream
    this.services = services
    this.notices = told.notices
    this.findings = told.findings
  }

  static async start(options: StepsEdgeOptions): Promise<StepsEdge> {
    const config = compiledEdge(options.site, options.folder)
    const secret = Buffer.alloc(32, 5)
    const told = { notices: [] as string[], findings: [] as Finding[] }
    const hub = new RateHub(() => performance.now())
    const ask = options.primary ?? ((question: GuardQuestion) => services.take(hub.answer(question)))
    const services = new GuardServices({
      config,
      secret,
      monotonicMs: () => performance.now(),
      now: () => Date.now(),
      send: (message) => {
        if (message.type === 'guard-ask') setImmediate(() => ask(message))
      },
      notice: (action) => void told.notices.push(action),
      finding: (_site, finding) => void told.findings.push(finding),
    })
    const mode = (_site: unknown, step: Step): Mode => options.modes?.[step] ?? 'enforce'
    const lookup = options.lookup === undefined ? {} : { lookup: options.lookup }
    const steps = await buildSiteSteps({ config, services, secret, mode, ...lookup })
    services.start()
    const upstream = await RawUpstream.start()
    const edge = await TestEdge.start({
      sites: [
        {
          upstreamPort: upstream.port,
          change: steps.get('shop') ?? {},
          ...(options.modes === undefined ? {} : { modes: options.modes }),
          ...(options.inspection === undefined ? {} : { inspection: options.inspection }),
          ...(options.proxies === undefined ? {} : { proxies: options.proxies }),
        },
      ],
    })
    return new StepsEdge(edge, upstream, services, told)
  }

  async close(): Promise<void> {
    this.services.stop()
    await this.edge.close()
    await this.upstream.close()
  }
}
