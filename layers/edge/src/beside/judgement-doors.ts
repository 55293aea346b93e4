import type { EdgeConfig } from '@sevenfold/config'
import { createNetworkSet } from '../address/client-address.ts'
import { EdgeError } from '../edge-error.ts'
import type { HttpEngine, Listening } from '../http/exchange.ts'
import { createSocketEngine } from '../http/socket-engine.ts'
import type { GatewayContext } from '../pipeline/gateway-context.ts'
import { Gateway } from '../pipeline/gateway.ts'
import type { Site } from '../pipeline/site.ts'
import { ownSockets } from '../sockets/socket-source.ts'
import type { SocketSource } from '../sockets/socket-source.ts'
import { LocalAnswer } from '../upstream/local-answer.ts'
import { AppsecAgent } from './appsec-agent.ts'
import { AppsecKeys } from './appsec-keys.ts'
import { BlockNotes } from './block-notes.ts'
import { HttpQuestions } from './http-questions.ts'
import { SpoeAgent } from './spoe-agent.ts'

type BesideConfig = EdgeConfig['beside'][number]

/** One place where another proxy asks. */
export interface JudgementDoor {
  readonly config: BesideConfig
  readonly listening: Listening
}

/** What the doors are opened with. */
export interface JudgementOptions {
  readonly config: EdgeConfig
  readonly context: GatewayContext
  /** The site as it is now: a reload of rules replaces it. */
  readonly site: (name: string) => Site | undefined
  readonly monotonicMs: () => number
  /** Where listening sockets come from; default: this process alone opens them. */
  readonly sockets?: SocketSource
}

const noNetworks = createNetworkSet([])

/** A site whose requests are judged here and forwarded by somebody else. */
export function besideSite(site: Site, kind: string): Site {
  return {
    ...site,
    pool: new LocalAnswer(() => ({ status: 200, fields: '', body: '' })),
    retries: 0,
    answerFields: '',
    ownHandshake: false,
    beside: kind,
    // The proxy that asks named the client; nothing is left to believe.
    proxies: noNetworks,
    // There is no answer of the service to look at.
    mode: (step) => (step === 'response' ? 'off' : site.mode(step)),
  }
}

/** Serves the judgement of sites to other proxies. */
export class JudgementDoors {
  private readonly options: JudgementOptions
  private readonly engines: HttpEngine[] = []
  private readonly agents: (SpoeAgent | AppsecAgent)[] = []
  private readonly gateways: { readonly gateway: Gateway; readonly config: BesideConfig }[] = []

  constructor(options: JudgementOptions) {
    this.options = options
  }

  /** Opens all. @throws EdgeError EDGE_LISTEN. */
  async open(): Promise<readonly JudgementDoor[]> {
    const doors: JudgementDoor[] = []
    for (const config of this.options.config.beside) {
      try {
        doors.push({ config, listening: await this.openOne(config) })
      } catch (error) {
        const { host, port, path } = config.listen
        const where = path ?? `${host} port ${port}`
        const why = error instanceof Error ? error.message : String(error)
        const text = `judgement for ${config.kind}: cannot listen on ${where}: ${why}`
        throw new EdgeError('EDGE_LISTEN', text, error)
      }
    }
    return doors
  }

  /** Sites changed: judges by the new ones from now on. */
  refresh(): void {
    for (const { gateway, config } of this.gateways) this.useSite(gateway, config)
  }

  async close(graceMs: number, patient: boolean): Promise<void> {
    await Promise.all([
      ...this.engines.map((engine) => engine.close(graceMs, patient)),
      ...this.agents.map((agent) => agent.close()),
    ])
  }

  private async openOne(config: BesideConfig): Promise<Listening> {
    const { limits } = this.options.config
    const { context, monotonicMs, sockets = ownSockets } = this.options
    const notes = new BlockNotes(context.events)
    const shared = config.kind === 'appsec' ? { ...context, events: notes } : context
    const gateway = new Gateway(shared, { find: () => null, any: () => null }, [])
    this.gateways.push({ gateway, config })
    this.useSite(gateway, config)
    const trusted = createNetworkSet(config.trusted)
    const common = {
      judge: gateway.request.bind(gateway),
      refused: gateway.refused.bind(gateway),
      trusts: (address: string) => trusted.has(address),
      limits,
    }
    if (config.kind === 'spoe') {
      const agent = new SpoeAgent(common)
      this.agents.push(agent)
      return agent.listen(config.listen, sockets)
    }
    if (config.kind === 'appsec') {
      const agent = new AppsecAgent({
        ...common,
        stoppedBy: (head) => notes.of(head),
        keys: new AppsecKeys(config.keys),
        body: config,
        onInspectionFailure: () => this.options.site(config.site)?.onInspectionFailure ?? 'refuse',
        monotonicMs,
      })
      this.agents.push(agent)
      return agent.listen(config.listen, sockets)
    }
    const handler = new HttpQuestions({ ...common, kind: config.kind })
    const engine = createSocketEngine({ limits, handler, monotonicMs, sockets })
    this.engines.push(engine)
    return engine.listen(config.listen)
  }

  private useSite(gateway: Gateway, config: BesideConfig): void {
    const site = this.options.site(config.site)
    if (site === undefined) return
    const beside = besideSite(site, config.kind)
    gateway.replaceSites({ find: () => beside, any: () => beside }, [beside])
  }
}
