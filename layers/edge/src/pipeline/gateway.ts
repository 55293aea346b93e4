import type { Exchange, Peer, RefusalAnswer, RequestHandler } from '../http/exchange.ts'
import type { Refusal } from '../http/refusal.ts'
import type { RequestHead } from '../http/request-head.ts'
import { plainHead } from '../http/response-head.ts'
import { reasonPhrase } from '../http/status-line.ts'
import { answerPage } from './answer-page.ts'
import type { GatewayContext } from './gateway-context.ts'
import { noteOf } from './peer-note.ts'
import { ProxyExchange } from './proxy-exchange.ts'
import type { BlockRecord, RequestRecord } from './request-record.ts'
import type { SiteRouter } from './site-router.ts'
import type { Site } from './site.ts'
import { traceOf } from './trace-of.ts'

const misdirected = 421

/** Serves all sites of one worker: finds the site of a request and sends it through the pipeline. */
export class Gateway implements RequestHandler {
  private readonly context: GatewayContext
  private router: SiteRouter
  private proxies: (address: string) => boolean

  constructor(context: GatewayContext, router: SiteRouter, sites: readonly Site[]) {
    this.context = context
    this.router = router
    this.proxies = proxyTest(sites)
  }

  /** Changes the sites for all requests that start from now on. */
  replaceSites(router: SiteRouter, sites: readonly Site[]): void {
    this.router = router
    this.proxies = proxyTest(sites)
  }

  request(exchange: Exchange): void {
    const { head, peer } = exchange
    const note = noteOf(peer)
    const host = head.host === null ? '' : head.host.name
    if (note.site === null || note.host !== host || this.router !== note.router) {
      note.site = this.router.find(peer.listener, host)
      note.host = host
      note.router = this.router
    }
    if (note.site === null || (note.site.ownHandshake && peer.tls?.site !== note.site.name)) {
      this.misdirect(exchange)
      return
    }
    note.setClient(head, note.site)
    const proxied = new ProxyExchange(this.context, exchange, note, note.site)
    exchange.listener = proxied
    proxied.start()
  }

  /** @param head of the request when it is known all the same. */
  refused(peer: Peer, refusal: Refusal, head: RequestHead | null = null): RefusalAnswer {
    const { status, code, message } = refusal
    const id = this.context.newId()
    this.record(peer, { id, status, head }, { step: 'limits', rule: code, message, verdict: 'block' })
    return answerPage(null, { status, title: reasonPhrase(status), id, code })
  }

  overLimit(address: string): void {
    const peer = { address, port: 0, localAddress: '', localPort: 0, listener: 0, tls: null, note: null }
    const facts = {
      step: 'limits',
      rule: 'EDGE_TOO_MANY_CONNECTIONS',
      message: 'too many connections',
    } as const
    this.record(peer, { id: this.context.newId(), status: 0, head: null }, { ...facts, verdict: 'block' })
  }

  isProxy(address: string): boolean {
    return this.proxies(address)
  }

  /** RFC 9110 section 15.5.20: the host is not served here. */
  private misdirect(exchange: Exchange): void {
    const { head, peer } = exchange
    const id = this.context.newId()
    const facts = { step: 'limits', rule: 'EDGE_UNKNOWN_HOST', message: 'host is not served here' } as const
    this.record(peer, { id, status: misdirected, head }, { ...facts, verdict: 'block' })
    const title = reasonPhrase(misdirected)
    const page = answerPage(head, { status: misdirected, title, id, code: facts.rule })
    const body = Buffer.from(page.body)
    exchange.respond(plainHead(misdirected, title, page.fields, body.length), body, true)
  }

  private record(peer: Peer, known: Pick<RequestRecord, 'id' | 'status' | 'head'>, block: BlockRecord): void {
    const site = this.router.any(peer.listener)
    const beside = site === null ? '' : site.beside
    const record: RequestRecord = {
      ...known,
      site: site === null ? '' : site.name,
      clientAddress: peer.address,
      clientPort: peer.port,
      requestBytes: 0,
      responseBytes: 0,
      durationMs: 0,
      canary: '',
      failure: null,
      country: '',
      asn: 0,
      tls: peer.tls,
      beside,
      trace: () =>
        traceOf({
          blocked: block,
          ban: null,
          guard: [],
          waf: 'off',
          failure: null,
          beside,
          status: known.status,
        }),
    }
    this.context.events.block(record, block)
    this.context.events.access(record)
  }
}

function proxyTest(sites: readonly Site[]): (address: string) => boolean {
  const sets = sites.map((site) => site.proxies).filter((set) => set.size > 0)
  return (address) => sets.some((set) => set.has(address))
}
