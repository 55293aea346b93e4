import type { Inspector, Mode } from '@sevenfold/event'
import type { NetworkSet } from '../address/client-address.ts'
import type { BlockPages } from './block-pages.ts'
import type { SiteGuard } from './site-guard.ts'
import type { Upstreams } from '../upstream/upstreams.ts'

/** The inspection of a site. */
export interface SiteInspection {
  readonly inspector: Inspector
  /** True when the rule set wants to see answers; else phases 3 and 4 cost nothing. */
  readonly answers: boolean
}

/** Judging steps of the pipeline. */
export type Step = 'limits' | 'ban' | 'rate' | 'challenge' | 'schema' | 'waf' | 'response'

/** One protected site, ready to serve. */
export interface Site {
  readonly name: string
  /** Number of the listener that serves it: `Listening.id`. */
  readonly listener: number
  /** Lower-case host names, `*.name`, or `*`. */
  readonly hosts: readonly string[]
  readonly pool: Upstreams
  /** How often a request is tried again when nothing of it was sent. */
  readonly retries: number
  /** Header lines that every answer gets, each ended by CR LF: Strict-Transport-Security. */
  readonly answerFields: string
  /** True: only connections whose TLS handshake named this site may ask for it (client certificates). */
  readonly ownHandshake: boolean
  /** Which other proxy asks for the judgement and forwards by itself; empty when the edge forwards. */
  readonly beside: string
  /** Host that a request without one gets (HTTP/1.0). */
  readonly upstreamAuthority: string
  readonly proxies: NetworkSet
  readonly inspection: SiteInspection | null
  readonly onInspectionFailure: 'refuse' | 'pass'
  /** The steps rate, challenge and schema; absent when the site has none of them. */
  readonly guard?: SiteGuard
  /** Pages of refusals in the site's own looks. */
  readonly pages?: BlockPages
  /** Mode of a step now; changes at run time through the control socket. */
  mode(step: Step): Mode
}
