import type { PartName } from '../layer-name.ts'
import type { Redactor } from '../privacy/redact.ts'
import type { Decision } from '../wire/decision.ts'
import type { HeartbeatBody } from '../wire/heartbeat.ts'
import type { EcsEndpoint, EcsEvent, EcsRule, EcsThreat, EventOutcome } from './ecs.ts'
import { eventVersion } from './event.ts'
import type {
  AdminAct,
  EventDraft,
  Finding,
  Judgement,
  Lane,
  ProofSummary,
  SevenfoldFields,
  SevenfoldKind,
  TraceStep,
} from './event.ts'

/** ECS version that our events follow. */
export const ecsVersion = '9.0.0'

/** What a builder needs from its surroundings. */
export interface EventSources {
  readonly layer: PartName
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly newId: () => string
  readonly redactor: Redactor
}

/** Facts of one HTTP request as the edge saw it; secrets are hashed here, not by the caller. */
export interface RequestFacts {
  readonly requestId: string
  readonly site: string
  readonly clientAddress: string
  readonly clientPort?: number
  readonly method: string
  /** Path without query. */
  readonly path: string
  /** Query without `?`. */
  readonly query?: string
  readonly host?: string
  readonly httpVersion: string
  readonly userAgent?: string
  readonly referrer?: string
  readonly traceId?: string
  /** 0 when nothing was answered. */
  readonly status: number
  readonly requestBytes?: number
  readonly responseBytes?: number
  readonly durationMs?: number
  readonly firstSight?: boolean
  /** Two upper-case letters (ISO 3166-1). */
  readonly country?: string
  /** Number of the autonomous system. */
  readonly asn?: number
  /** JA4 fingerprint of the client's TLS. */
  readonly ja4?: string
  /** Version of TLS, for example `1.3`; absent on a plain connection. */
  readonly tlsVersion?: string
  /** Which proxy asked for the judgement and forwards by itself, when it was not the edge. */
  readonly beside?: string
}

/** A block: the request, what judged it, and the trace of all steps. */
export interface BlockFacts extends RequestFacts {
  readonly judgement: Judgement
  readonly rule?: EcsRule
  readonly threat?: EcsThreat
  readonly trace?: readonly TraceStep[]
}

/** A login, a logout or a refused session. */
export interface AuthenticationFacts {
  readonly outcome: 'success' | 'failure'
  readonly userName: string
  readonly clientAddress?: string
  readonly site?: string
  readonly traceId?: string
  readonly reason?: string
}

/** A scenario, a Sigma rule or a correlation that fired. */
export interface DetectionFacts {
  readonly rule: EcsRule
  readonly message: string
  readonly clientAddress?: string
  readonly userName?: string
  readonly site?: string
  readonly traceId?: string
  readonly threat?: EcsThreat
  readonly severity?: number
  /** Counted events behind the detection. */
  readonly count?: number
}

/** Builders for each kind of event that our own parts write. Every builder returns a draft; the spool seals it. */
export interface EventBuilder {
  access(facts: RequestFacts): EventDraft
  block(facts: BlockFacts): EventDraft
  authentication(facts: AuthenticationFacts): EventDraft
  detection(facts: DetectionFacts): EventDraft
  decision(change: 'add' | 'remove', decision: Decision, reason?: string): EventDraft
  heartbeat(body: HeartbeatBody): EventDraft
  finding(finding: Finding): EventDraft
  /** What a proof found, as totals and the digest of its document. */
  proof(summary: ProofSummary): EventDraft
  admin(act: AdminAct, outcome: EventOutcome): EventDraft
  notice(action: string, message: string, severity?: number): EventDraft
}

interface Head {
  readonly kind: SevenfoldKind
  readonly lane: Lane
  readonly action: string
  readonly category: readonly string[]
  readonly type: readonly string[]
  readonly ecsKind?: EcsEvent['kind']
  readonly outcome?: EventOutcome
  readonly severity?: number
  readonly durationMs?: number
  readonly reason?: string
}

/** Drops undefined members, which `exactOptionalPropertyTypes` and JSON both treat as absent. */
function present<T extends object>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  for (const key of Object.keys(object) as (keyof T)[]) if (object[key] === undefined) delete object[key]
  return object as { [K in keyof T]: Exclude<T[K], undefined> }
}

function base(sources: EventSources, head: Head, own: Partial<SevenfoldFields>): EventDraft {
  const event = present({
    id: sources.newId(),
    kind: head.ecsKind ?? 'event',
    category: head.category,
    type: head.type,
    action: head.action,
    dataset: `sevenfold.${sources.layer}.${head.kind}`,
    module: 'sevenfold',
    outcome: head.outcome,
    severity: head.severity,
    duration: head.durationMs === undefined ? undefined : Math.round(head.durationMs * 1e6),
    reason: head.reason,
  }) as EventDraft['event']
  return {
    '@timestamp': new Date(sources.now()).toISOString(),
    ecs: { version: ecsVersion },
    event,
    sevenfold: { v: eventVersion, kind: head.kind, layer: sources.layer, lane: head.lane, ...own },
  }
}

function sourceOf(facts: {
  clientAddress?: string | undefined
  clientPort?: number | undefined
  bytes?: number | undefined
  country?: string | undefined
  asn?: number | undefined
}): EcsEndpoint {
  return present({
    ip: facts.clientAddress,
    address: facts.clientAddress,
    port: facts.clientPort,
    bytes: facts.bytes,
    geo: facts.country === undefined ? undefined : { country_iso_code: facts.country },
    as: facts.asn === undefined ? undefined : { number: facts.asn },
  })
}

function requestFields(sources: EventSources, facts: RequestFacts): Partial<EventDraft> {
  const { redactor } = sources
  const query = facts.query === undefined || facts.query === '' ? undefined : redactor.query(facts.query)
  const referrer = facts.referrer === undefined ? undefined : redactUrl(redactor, facts.referrer)
  const path = redactor.text(facts.path, 4096)
  return {
    source: sourceOf({
      clientAddress: facts.clientAddress,
      clientPort: facts.clientPort,
      bytes: facts.requestBytes,
      country: facts.country,
      asn: facts.asn,
    }),
    url: present({
      path,
      query,
      domain: facts.host,
      original: query === undefined ? path : `${path}?${query}`,
    }),
    http: {
      version: facts.httpVersion,
      request: present({ id: facts.requestId, method: facts.method, referrer }),
      response: present({
        status_code: facts.status,
        body: facts.responseBytes === undefined ? undefined : { bytes: facts.responseBytes },
      }),
    },
    ...(facts.userAgent === undefined
      ? {}
      : { user_agent: { original: redactor.text(facts.userAgent, 1024) } }),
    ...(facts.traceId === undefined ? {} : { trace: { id: facts.traceId } }),
    ...(facts.tlsVersion === undefined
      ? {}
      : { tls: { version: facts.tlsVersion, version_protocol: 'tls' } }),
    ...(facts.beside === undefined ? {} : { labels: { beside: facts.beside } }),
  }
}

/** What is ours of a request. */
function ownFields(facts: RequestFacts): Partial<SevenfoldFields> {
  return {
    site: facts.site,
    ...(facts.firstSight === true ? { first_sight: true } : {}),
    ...(facts.ja4 === undefined ? {} : { ja4: facts.ja4 }),
  }
}

/** Redacts the query of a URL and leaves the rest. */
function redactUrl(redactor: Redactor, url: string): string {
  const mark = url.indexOf('?')
  return mark < 0
    ? redactor.text(url, 2048)
    : `${redactor.text(url.slice(0, mark), 2048)}?${redactor.query(url.slice(mark + 1))}`
}

function accessDraft(sources: EventSources, facts: RequestFacts): EventDraft {
  const head: Head = {
    kind: 'access',
    lane: facts.firstSight === true ? 'high' : 'low',
    action: 'access',
    category: ['web'],
    type: ['access'],
    outcome: facts.status > 0 && facts.status < 400 ? 'success' : 'failure',
    ...(facts.durationMs === undefined ? {} : { durationMs: facts.durationMs }),
  }
  return { ...base(sources, head, ownFields(facts)), ...requestFields(sources, facts) }
}

function blockDraft(sources: EventSources, facts: BlockFacts): EventDraft {
  const { verdict } = facts.judgement
  const refused = verdict === 'block'
  const head: Head = {
    kind: 'block',
    lane: 'high',
    action: verdict === 'pass' ? 'noticed' : verdict,
    category: ['web', 'intrusion_detection'],
    type: [refused ? 'denied' : 'info'],
    ecsKind: 'alert',
    outcome: refused ? 'success' : 'unknown',
    severity: verdict === 'pass' ? 40 : 70,
  }
  const { matched, targets } = facts.judgement
  const judgement = {
    ...facts.judgement,
    ...(matched === undefined ? {} : { matched: sources.redactor.text(matched) }),
    ...(targets === undefined ? {} : { targets: targets.map((target) => sources.redactor.text(target)) }),
  }
  const own: Partial<SevenfoldFields> = {
    ...ownFields(facts),
    judgement,
    ...(facts.trace === undefined ? {} : { trace: facts.trace }),
  }
  return {
    ...base(sources, head, own),
    ...requestFields(sources, facts),
    ...(facts.rule === undefined ? {} : { rule: facts.rule }),
    ...(facts.threat === undefined ? {} : { threat: facts.threat }),
  }
}

function authenticationDraft(sources: EventSources, facts: AuthenticationFacts): EventDraft {
  const head: Head = {
    kind: 'authentication',
    lane: 'high',
    action: 'login',
    category: ['authentication'],
    type: ['start'],
    outcome: facts.outcome,
    ...(facts.reason === undefined ? {} : { reason: sources.redactor.text(facts.reason) }),
  }
  return {
    ...base(sources, head, facts.site === undefined ? {} : { site: facts.site }),
    ...(facts.clientAddress === undefined ? {} : { source: sourceOf(facts) }),
    ...(facts.traceId === undefined ? {} : { trace: { id: facts.traceId } }),
    user: { name: sources.redactor.text(facts.userName) },
  }
}

function detectionDraft(sources: EventSources, facts: DetectionFacts): EventDraft {
  const head: Head = {
    kind: 'detection',
    lane: 'high',
    action: 'detection',
    category: ['intrusion_detection'],
    type: ['info'],
    ecsKind: 'alert',
    severity: facts.severity ?? 50,
  }
  const now = new Date(sources.now()).toISOString()
  const own: Partial<SevenfoldFields> = {
    ...(facts.site === undefined ? {} : { site: facts.site }),
    ...(facts.count === undefined ? {} : { repeat: { count: facts.count, first: now, last: now } }),
  }
  return {
    ...base(sources, head, own),
    message: sources.redactor.text(facts.message, 500),
    rule: facts.rule,
    ...(facts.clientAddress === undefined ? {} : { source: sourceOf(facts) }),
    ...(facts.userName === undefined ? {} : { user: { name: facts.userName } }),
    ...(facts.traceId === undefined ? {} : { trace: { id: facts.traceId } }),
    ...(facts.threat === undefined ? {} : { threat: facts.threat }),
  }
}

function decisionDraft(
  sources: EventSources,
  change: 'add' | 'remove',
  decision: Decision,
  reason?: string,
): EventDraft {
  const head: Head = {
    kind: 'decision',
    lane: 'high',
    action: `decision-${change}`,
    category: ['intrusion_detection'],
    type: [change === 'add' ? 'creation' : 'deletion'],
    severity: 60,
    ...(reason === undefined ? {} : { reason: sources.redactor.text(reason) }),
  }
  const isAddress = decision.scope === 'ip'
  return {
    ...base(sources, head, { decision }),
    rule: { name: decision.scenario },
    ...(isAddress ? { source: sourceOf({ clientAddress: decision.value }) } : {}),
  }
}

/** Builds events for one writer. */
export function createEventBuilder(sources: EventSources): EventBuilder {
  return {
    access: (facts) => accessDraft(sources, facts),
    block: (facts) => blockDraft(sources, facts),
    authentication: (facts) => authenticationDraft(sources, facts),
    detection: (facts) => detectionDraft(sources, facts),
    decision: (change, decision, reason) => decisionDraft(sources, change, decision, reason),
    heartbeat: (body) =>
      base(
        sources,
        {
          kind: 'heartbeat',
          lane: 'high',
          action: 'heartbeat',
          category: ['host'],
          type: ['info'],
          ecsKind: 'state',
        },
        { heartbeat: body },
      ),
    finding: (finding) => ({
      ...base(
        sources,
        {
          kind: 'finding',
          lane: 'high',
          action: 'finding',
          category: ['configuration'],
          type: ['info'],
          ecsKind: 'state',
        },
        { finding },
      ),
      message: sources.redactor.text(finding.summary, 500),
    }),
    proof: (summary) => ({
      ...base(
        sources,
        {
          kind: 'notice',
          lane: 'high',
          action: 'proof',
          category: ['configuration'],
          type: ['info'],
          ecsKind: 'state',
        },
        { proof: summary },
      ),
      message: `proof ${summary.seed}: ${summary.valid} attacks, ${summary.benignBlocked} innocent visits blocked`,
    }),
    admin: (act, outcome) =>
      base(
        sources,
        {
          kind: 'admin',
          lane: 'high',
          action: `admin-${act.op}`,
          category: ['configuration'],
          type: ['change'],
          outcome,
        },
        { admin: act },
      ),
    notice: (action, message, severity = 20) => ({
      ...base(
        sources,
        { kind: 'notice', lane: 'high', action, category: ['host'], type: ['info'], severity },
        {},
      ),
      message: sources.redactor.text(message, 500),
    }),
  }
}
