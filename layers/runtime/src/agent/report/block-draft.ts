import { randomUUID } from 'node:crypto'
import type { EventDraft } from '@sevenfold/event'
import type { AgentReport } from '../agent.ts'
import { attackReferences } from '../attack.ts'
import { clientAddressOf, requestIdOf, shortHeader, traceIdOf } from './request-facts.ts'

const longestPath = 2_048

/** What a draft is made with. */
export interface DraftSources {
  readonly service: string
  readonly trustsProxy: boolean
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** The event of a refused or noticed call. The forwarder redacts and seals it; here nothing is known of keys. */
export function blockDraft(report: AgentReport, { service, trustsProxy, now }: DraftSources): EventDraft {
  const { finding, sink, mode, context } = report
  const { request } = context
  const refused = mode === 'enforce'
  const [path = '/', query] = (request.url ?? '/').slice(0, longestPath).split('?', 2)
  const { technique } = attackReferences[finding.attack]
  const address = clientAddressOf(request, trustsProxy)
  const traceId = traceIdOf(request)
  const host = shortHeader(request, 'host')
  const agentName = shortHeader(request, 'user-agent')
  return {
    '@timestamp': new Date(now()).toISOString(),
    ecs: { version: '9.0.0' },
    event: {
      id: randomUUID(),
      kind: 'alert',
      category: ['web', 'intrusion_detection'],
      type: [refused ? 'denied' : 'info'],
      action: refused ? 'block' : 'would-block',
      dataset: 'sevenfold.runtime.block',
      module: 'sevenfold',
      severity: 70,
    },
    sevenfold: {
      v: 1,
      kind: 'block',
      layer: 'runtime',
      lane: 'high',
      site: service,
      judgement: {
        step: 'runtime',
        verdict: refused ? 'block' : 'would-block',
        rules: [`runtime/${finding.attack}`],
        matched: finding.matched,
      },
      trace: [{ step: sink, verdict: refused ? 'block' : 'would-block', detail: finding.reason }],
    },
    service: { name: service },
    source: { ip: address, address },
    url: { path, ...(query === undefined ? {} : { query }), ...(host === undefined ? {} : { domain: host }) },
    http: {
      version: request.httpVersion,
      request: { id: requestIdOf(request), method: request.method ?? '' },
    },
    ...(agentName === undefined ? {} : { user_agent: { original: agentName } }),
    ...(traceId === undefined ? {} : { trace: { id: traceId } }),
    rule: { id: `runtime/${finding.attack}`, name: finding.reason, category: finding.attack },
    threat: { framework: 'MITRE ATT&CK', technique: { id: [technique] } },
  }
}
