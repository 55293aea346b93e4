import { randomUUID } from 'node:crypto'
import type { EventDraft } from '@sevenfold/event'
import type { RequestContext } from '../request-context.ts'
import type { DraftSources } from './block-draft.ts'
import { clientAddressOf, traceIdOf } from './request-facts.ts'

/** A login or a denial, to be told. */
export interface AuthenticationNews {
  readonly outcome: 'success' | 'failure'
  readonly user: string
  readonly reason?: string
}

/** The event of a login or a denial. The forwarder takes its facts and makes its own of them. */
export function authenticationDraft(
  { outcome, user, reason }: AuthenticationNews,
  context: RequestContext | undefined,
  { service, trustsProxy, now }: DraftSources,
): EventDraft {
  const address = context === undefined ? '' : clientAddressOf(context.request, trustsProxy)
  const traceId = context === undefined ? undefined : traceIdOf(context.request)
  return {
    '@timestamp': new Date(now()).toISOString(),
    ecs: { version: '9.0.0' },
    event: {
      id: randomUUID(),
      kind: 'event',
      category: ['authentication'],
      type: ['start'],
      action: 'login',
      dataset: 'sevenfold.runtime.authentication',
      module: 'sevenfold',
      outcome,
      ...(reason === undefined ? {} : { reason }),
    },
    sevenfold: { v: 1, kind: 'authentication', layer: 'runtime', lane: 'high', site: service },
    service: { name: service },
    user: { name: user },
    ...(address === '' ? {} : { source: { ip: address, address } }),
    ...(traceId === undefined ? {} : { trace: { id: traceId } }),
  }
}
