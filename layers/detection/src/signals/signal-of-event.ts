import type { SevenfoldEvent } from '@sevenfold/event'
import { canonicalAddress } from '../authority/address.ts'
import { maxTimes } from './signal.ts'
import type { Signal } from './signal.ts'

// What the enforcement of a ban itself refuses says nothing new: it must not feed the ban that made it.
const enforcementSteps = new Set(['ban', 'challenge'])
const trap = /^honeypot-/
// Refused at the same step as a challenge, but for the name of the tool: that is behaviour.
const scannerRule = 'scanner-agent'

/** Who was shown a challenge got a 403 for nothing that he did. */
function wasChallenged(event: SevenfoldEvent): boolean {
  return (
    event.sevenfold.trace?.some(({ step, verdict }) => step === 'challenge' && verdict === 'block') === true
  )
}

function httpMeta(event: SevenfoldEvent): Record<string, string> {
  return {
    service: 'http',
    http_status: String(event.http?.response?.status_code ?? 0),
    http_verb: event.http?.request?.method ?? '',
    http_path: event.url?.path ?? '',
    http_user_agent: event.user_agent?.original ?? '',
    target_fqdn: event.url?.domain ?? '',
    site: event.sevenfold.site ?? '',
  }
}

function metaOf(event: SevenfoldEvent): Record<string, string> | undefined {
  const { kind, judgement } = event.sevenfold
  switch (kind) {
    case 'access':
      return wasChallenged(event) ? undefined : { ...httpMeta(event), log_type: 'http_access-log' }
    case 'block':
      if (judgement === undefined) return undefined
      if (judgement.rules?.includes(scannerRule) === true)
        return { ...httpMeta(event), log_type: 'http_scanner' }
      if (trap.test(event.rule?.id ?? '')) return { ...httpMeta(event), log_type: 'http_honeypot' }
      if (enforcementSteps.has(judgement.step)) return undefined
      // Nothing was refused: worth knowing, and no reason to ban anybody.
      if (judgement.verdict === 'pass') return undefined
      return {
        ...httpMeta(event),
        log_type: 'http_block',
        block_step: judgement.step,
        block_verdict: judgement.verdict,
      }
    case 'authentication':
      return {
        service: 'http',
        log_type: event.event.outcome === 'failure' ? 'auth_failed' : 'auth_success',
        target_user: event.user?.name ?? '',
        site: event.sevenfold.site ?? '',
      }
    case 'detection':
    case 'decision':
    case 'heartbeat':
    case 'finding':
    case 'admin':
    case 'loss':
    case 'epoch':
    case 'notice':
    case 'log':
      return undefined
  }
}

/** The signal in an event of the edge; undefined for events that no scenario looks at. */
export function signalOfEvent(event: SevenfoldEvent): Signal | undefined {
  const address = canonicalAddress(event.source?.ip ?? '')
  // Our own test attack is no behaviour of anybody.
  if (event.labels?.['canary'] !== undefined) return undefined
  const meta = metaOf(event)
  if (meta === undefined || address === undefined) return undefined
  return {
    origin: 'edge',
    event: { time: Date.parse(event['@timestamp']), meta: { ...meta, source_ip: address } },
    trace: event.trace?.id ?? event.http?.request?.id ?? '',
    times: Math.min(
      maxTimes,
      Math.max(meta['log_type'] === 'http_honeypot' ? 2 : 1, event.sevenfold.repeat?.count ?? 1),
    ),
  }
}

/**
 * The signal in an event of the agent in an application: logins, for what is known of users. Its address is only a claim
 * and stands under another name, so that no scenario about addresses sees it.
 */
export function signalOfAgentEvent(event: SevenfoldEvent): Signal | undefined {
  if (event.sevenfold.kind !== 'authentication' || event.labels?.['canary'] !== undefined) return undefined
  const meta = metaOf(event)
  if (meta === undefined) return undefined
  const claimed = canonicalAddress(event.source?.ip ?? '') ?? ''
  return {
    origin: 'agent',
    event: { time: Date.parse(event['@timestamp']), meta: { ...meta, claimed_ip: claimed } },
    trace: event.trace?.id ?? '',
    times: Math.min(maxTimes, Math.max(1, event.sevenfold.repeat?.count ?? 1)),
  }
}
