import type {
  EcsAgent,
  EcsEndpoint,
  EcsError,
  EcsEvent,
  EcsFile,
  EcsHttp,
  EcsProcess,
  EcsRule,
  EcsThreat,
  EcsUrl,
  EcsUser,
  Timestamp,
} from './ecs.ts'
import type { PartName } from '../layer-name.ts'
import type { Decision } from '../wire/decision.ts'
import type { HeartbeatBody } from '../wire/heartbeat.ts'

/** Version of the event form on disk and on the wire. N and N−1 understand each other. */
export const eventVersion = 1

/**
 * Delivery class. `high`: blocks, decisions, heartbeats, logins, admin acts, first sight of a source.
 * `low`: the rest; only whole `low` segments are ever dropped, and the loss is declared in `high`.
 */
export type Lane = 'high' | 'low'

/** The kinds of event that our own parts write; `sevenfold.kind`. `log` is what a foreign program said. */
export const eventKinds = [
  'access',
  'block',
  'authentication',
  'detection',
  'decision',
  'heartbeat',
  'finding',
  'admin',
  'loss',
  'epoch',
  'notice',
  'log',
] as const

/** Programs whose logs the collector brings in: the first word of `event.dataset` of a `log` event. */
export const foreignModules = [
  'suricata',
  'zeek',
  'falco',
  'wazuh',
  'modsecurity',
  'nginx',
  'apache',
  'caddy',
  'kubernetes',
  'auditd',
  'cef',
  'otel',
  'syslog',
] as const

/** One of the kinds of event that our own parts write. */
export type SevenfoldKind = (typeof eventKinds)[number]

/** What one layer judged about one request. */
export interface Judgement {
  /** Step of the fixed order: limits, ban, rate, challenge, schema, waf, upstream, response; or the sink of the runtime layer. */
  readonly step: string
  /** `block` when the request was refused, `would-block` in monitor mode, `pass` for what is only worth knowing. */
  readonly verdict: 'block' | 'would-block' | 'pass'
  readonly score?: number
  readonly rules?: readonly string[]
  /** What each rule matched, as `770201 ARGS:q`; rules that only add up scores have none. */
  readonly targets?: readonly string[]
  /** Up to 200 characters of what matched, already redacted. */
  readonly matched?: string
}

/** A finding of an audit, a test run or a scan. */
export interface Finding {
  readonly control: string
  readonly severity: 'info' | 'low' | 'medium' | 'high' | 'critical'
  readonly status: 'open' | 'fixed' | 'accepted' | 'unknown'
  readonly summary: string
  readonly resource?: string
}

/** Declared loss: `count` events of `lane` from `first` to `last` are gone, and why. */
export interface Loss {
  readonly lane: Lane
  readonly first: number
  readonly last: number
  readonly count: number
  readonly reason: 'overflow' | 'disk-full' | 'corrupt-tail'
}

/** A counted event stands for `count` repeats of one (source, rule, site). */
export interface Repeat {
  readonly count: number
  readonly first: Timestamp
  readonly last: Timestamp
}

/** Start of a new epoch: the spool was created or its tail was lost. */
export interface Epoch {
  readonly previous?: string
  readonly reason: 'created' | 'tail-lost'
}

/** Change made by an administrator, a playbook, or the control socket. */
export interface AdminAct {
  readonly op: string
  readonly actor: string
  readonly from?: string
  readonly to?: string
  readonly reason?: string
}

/** One step of the judgement trace of a request; `micros` is the CPU-independent wall time of the step. */
export interface TraceStep {
  readonly step: string
  readonly verdict: string
  readonly detail?: string
}

/** Result of a proof run, stored in the ledger as digest and totals. */
export interface ProofSummary {
  readonly seed: string
  readonly attacks: number
  readonly valid: number
  readonly benignBlocked: number
  readonly digest: string
}

/** Names outside ECS live here. */
export interface SevenfoldFields {
  readonly v: typeof eventVersion
  readonly kind: SevenfoldKind
  readonly layer: PartName
  readonly lane: Lane
  readonly site?: string
  /** Paths of fields that were cut to fit the line. */
  readonly truncated?: readonly string[]
  readonly judgement?: Judgement
  readonly trace?: readonly TraceStep[]
  readonly decision?: Decision
  readonly heartbeat?: HeartbeatBody
  readonly finding?: Finding
  readonly proof?: ProofSummary
  readonly loss?: Loss
  readonly repeat?: Repeat
  readonly epoch?: Epoch
  readonly admin?: AdminAct
  /** True on the first event from a source address that this writer has not seen in its memory. */
  readonly first_sight?: boolean
  /** JA4 fingerprint of the client's TLS. */
  readonly ja4?: string
}

/** A whole event as it stands in a spool, on the wire and in the ledger. */
export interface SevenfoldEvent {
  readonly '@timestamp': Timestamp
  readonly ecs: { readonly version: string }
  readonly event: EcsEvent
  readonly agent: EcsAgent
  readonly sevenfold: SevenfoldFields
  readonly message?: string
  readonly host?: { readonly name?: string; readonly id?: string }
  readonly service?: { readonly name?: string; readonly version?: string }
  readonly source?: EcsEndpoint
  readonly client?: EcsEndpoint
  readonly destination?: EcsEndpoint
  readonly url?: EcsUrl
  readonly http?: EcsHttp
  readonly tls?: { readonly version?: string; readonly version_protocol?: string }
  readonly user?: EcsUser
  readonly user_agent?: { readonly original?: string }
  readonly session?: { readonly id?: string }
  readonly trace?: { readonly id?: string }
  readonly transaction?: { readonly id?: string }
  readonly rule?: EcsRule
  readonly threat?: EcsThreat
  readonly process?: EcsProcess
  readonly file?: EcsFile
  readonly error?: EcsError
  readonly log?: { readonly level?: string; readonly file?: { readonly path?: string } }
  readonly labels?: Readonly<Record<string, string>>
  readonly tags?: readonly string[]
}

/**
 * An event before the spool gives it its place: no agent, no sequence. Builders make drafts; the spool seals them.
 */
export type EventDraft = Omit<SevenfoldEvent, 'agent' | 'event'> & {
  readonly event: Omit<EcsEvent, 'sequence'>
}

/** Identity of an event: same identity and same bytes is a duplicate; same identity and other bytes is an incident. */
export interface EventIdentity {
  readonly agent: string
  readonly epoch: string
  readonly lane: Lane
  readonly sequence: number
}

/** The identity of a sealed event. */
export function identityOf(event: SevenfoldEvent): EventIdentity {
  return {
    agent: event.agent.id,
    epoch: event.agent.ephemeral_id,
    lane: event.sevenfold.lane,
    sequence: event.event.sequence,
  }
}

/** Gives a draft its place in the writer's lane. */
export function sealDraft(draft: EventDraft, agent: EcsAgent, sequence: number): SevenfoldEvent {
  return { ...draft, agent, event: { ...draft.event, sequence } }
}
