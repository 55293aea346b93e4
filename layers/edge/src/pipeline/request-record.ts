import type { MatchReport, TraceStep } from '@sevenfold/event'
import type { TlsFacts } from '../http/exchange.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { UpstreamFailure } from '../upstream/upstream-failure.ts'

/** What is known about one request when its event is written. */
export interface RequestRecord {
  readonly id: string
  readonly site: string
  readonly clientAddress: string
  readonly clientPort: number
  /** Null when the head itself was refused. */
  readonly head: RequestHead | null
  /** 0 when nothing was answered. */
  readonly status: number
  readonly requestBytes: number
  readonly responseBytes: number
  readonly durationMs: number
  /** Attack id of a canary with a valid mark, or empty. */
  readonly canary: string
  /** Why the upstream gave no (whole) answer. */
  readonly failure: UpstreamFailure | null
  /** Two upper-case letters of the client's country, or empty. */
  readonly country: string
  /** Number of the client's autonomous system, or 0. */
  readonly asn: number
  /** What is known of the client's encryption; null on a plain connection. */
  readonly tls: TlsFacts | null
  /** Which other proxy asked for the judgement, such as `auth-request`; empty when the edge itself forwards. */
  readonly beside: string
  /** All judging steps that were taken, in their fixed order. Made on demand. */
  trace(): readonly TraceStep[]
}

/** Why a request was refused, or would have been in monitor mode. */
export interface BlockRecord {
  /** Step of the fixed order of judgement. */
  readonly step: 'limits' | 'ban' | 'rate' | 'challenge' | 'schema' | 'waf' | 'response'
  /** `pass`: nothing was refused, but it is worth an event of its own. */
  readonly verdict: 'block' | 'would-block' | 'pass'
  /** Stable id: a refusal code, a rule id, a scenario. */
  readonly rule: string
  readonly message: string
  readonly report?: MatchReport
}

/** Where the pipeline reports to. Never waits, never throws. */
export interface RequestEvents {
  access(record: RequestRecord): void
  /** A request goes to the upstream now: before the application can have counted it. */
  forwarded?(site: string): void
  block(record: RequestRecord, block: BlockRecord): void
}
