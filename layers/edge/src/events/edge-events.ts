import type {
  BlockFacts,
  EcsThreat,
  EventBuilder,
  EventDraft,
  Lane,
  Redactor,
  RequestFacts,
  RuleMatch,
} from '@sevenfold/event'
import type { Spool } from '@sevenfold/layer'
import type { BlockRecord, RequestEvents, RequestRecord } from '../pipeline/request-record.ts'
import { AccessLineWriter } from './access-line.ts'
import { FirstSight } from './first-sight.ts'
import { readableText } from './json-text.ts'
import { createTimestamp } from './timestamp.ts'

/** What the events are written with. */
export interface EdgeEventsOptions {
  readonly builder: EventBuilder
  readonly redactor: Redactor
  readonly spool: Pick<Spool, 'append' | 'appendLine'>
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Counters since the start; the worker publishes them as metrics once a second. */
export interface EdgeCounts {
  /** Requests by the first digit of their status; 0: nothing was answered. */
  readonly byClass: number[]
  blocked: number
  wouldBlock: number
  upstreamFailures: number
  /** Requests that were passed on, by site; those of sites beside another proxy that were not refused. */
  readonly passed: Map<string, number>
}

/** Notices about a failing upstream: at most one in this many milliseconds for each site. */
export const failureNoticeMs = 60_000

/** Writes the access and block events of a worker into its spool. */
export class EdgeEvents implements RequestEvents {
  readonly counts: EdgeCounts = {
    byClass: [0, 0, 0, 0, 0, 0],
    blocked: 0,
    wouldBlock: 0,
    upstreamFailures: 0,
    passed: new Map(),
  }
  private readonly options: EdgeEventsOptions
  private readonly writer: AccessLineWriter
  private readonly sights = new FirstSight()
  private readonly timestamp = createTimestamp()
  private readonly lastFailure = new Map<string, number>()
  private record: RequestRecord | null = null
  private first = false

  constructor(options: EdgeEventsOptions) {
    this.options = options
    this.writer = new AccessLineWriter(options.redactor)
  }

  access(record: RequestRecord): void {
    const { counts } = this
    const index = Math.floor(record.status / 100)
    counts.byClass[index] = (counts.byClass[index] ?? 0) + 1
    if (record.failure !== null) this.upstreamFailed(record)
    if (record.beside !== '') this.forwarded(record.site)
    this.record = record
    this.first = this.sights.isFirst(record.clientAddress)
    this.options.spool.appendLine(this.first ? 'high' : 'low', this.makeLine)
  }

  forwarded(site: string): void {
    const { passed } = this.counts
    passed.set(site, (passed.get(site) ?? 0) + 1)
  }

  block(record: RequestRecord, block: BlockRecord): void {
    if (block.verdict === 'block') this.counts.blocked += 1
    else if (block.verdict === 'would-block') this.counts.wouldBlock += 1
    const draft = this.options.builder.block(blockFacts(record, block))
    this.options.spool.append(withCanary(draft, record.canary))
  }

  /** One function for all lines: a closure for each request would be garbage for each request. */
  private readonly makeLine = (sequence: number, agentJson: string, lane: Lane): string => {
    const { record } = this
    if (record === null) return ''
    return this.writer.line(record, {
      timestamp: this.timestamp(this.options.now()),
      sequence,
      agentJson,
      lane,
      firstSight: this.first,
    })
  }

  /** One of several services is left alone, or used again. */
  target(site: string, url: string, up: boolean): void {
    const text = up
      ? `the service ${url} of site ${site} is used again`
      : `the service ${url} of site ${site} is left alone: it failed several times in a row`
    this.options.spool.append(
      this.options.builder.notice(up ? 'upstream-target-up' : 'upstream-target-down', text, up ? 20 : 60),
    )
  }

  private upstreamFailed(record: RequestRecord): void {
    this.counts.upstreamFailures += 1
    const now = this.options.now()
    if (now - (this.lastFailure.get(record.site) ?? 0) < failureNoticeMs) return
    this.lastFailure.set(record.site, now)
    const { failure } = record
    const why = `${failure?.code ?? ''} ${failure?.detail ?? ''}`.trim()
    const text = `the upstream of site ${record.site} does not answer: ${why}`
    this.options.spool.append(this.options.builder.notice('upstream-failing', text, 60))
  }
}

function withCanary(draft: EventDraft, canary: string): EventDraft {
  return canary === '' ? draft : { ...draft, labels: { ...draft.labels, canary } }
}

function requestFacts(record: RequestRecord): RequestFacts {
  const { head } = record
  const target = head === null ? '' : head.target
  const mark = target.indexOf('?')
  return {
    requestId: record.id,
    traceId: record.id,
    site: record.site,
    clientAddress: record.clientAddress,
    clientPort: record.clientPort,
    method: head === null ? '' : head.method,
    path: mark < 0 ? target : target.slice(0, mark),
    ...(mark < 0 ? {} : { query: target.slice(mark + 1) }),
    ...(head === null || head.host === null ? {} : { host: head.host.name }),
    httpVersion: head === null ? '1.1' : head.protocol,
    ...(head === null || head.userAgent === '' ? {} : { userAgent: readableText(head.userAgent) }),
    ...(head === null || head.referer === '' ? {} : { referrer: readableText(head.referer) }),
    status: record.status,
    requestBytes: record.requestBytes,
    responseBytes: record.responseBytes,
    durationMs: record.durationMs,
    ...(record.country === '' ? {} : { country: record.country }),
    ...(record.asn === 0 ? {} : { asn: record.asn }),
    ...(record.beside === '' ? {} : { beside: record.beside }),
    ...(record.tls === null ? {} : { tlsVersion: record.tls.version.replace('TLSv', '') }),
    ...(record.tls === null || record.tls.ja4 === '' ? {} : { ja4: record.tls.ja4 }),
  }
}

const maxRules = 32
const techniqueTag = /(?:^|[^a-z0-9])(t\d{4}(?:\.\d{3})?)$/i

/** ATT&CK techniques that the tags of the matched rules name. */
function threatOf(block: BlockRecord): EcsThreat | undefined {
  const ids = new Set<string>()
  for (const match of block.report?.matches ?? []) {
    for (const tag of match.tags) {
      const id = techniqueTag.exec(tag)?.[1]
      if (id !== undefined) ids.add(id.toUpperCase())
    }
  }
  return ids.size === 0 ? undefined : { framework: 'MITRE ATT&CK', technique: { id: [...ids] } }
}

/** The data of a match with the variable that held it; rules often name the variable themselves. */
function matchedText({ variable, data }: RuleMatch): string {
  return readableText(data.includes(variable) ? data : `${variable}: ${data}`)
}

/** What an exclusion for each rule would name; sums of scores (TX) are no target. */
function targetsOf(block: BlockRecord): readonly string[] {
  const matches = block.report?.matches ?? []
  const found = matches.filter(({ variable }) => variable !== '' && !variable.startsWith('TX'))
  return found.slice(0, maxRules).map(({ ruleId, variable }) => readableText(`${ruleId} ${variable}`))
}

function blockFacts(record: RequestRecord, block: BlockRecord): BlockFacts {
  const matches = block.report?.matches ?? []
  const main = matches.find((match) => match.ruleId === block.rule)
  const threat = threatOf(block)
  const targets = targetsOf(block)
  return {
    ...requestFacts(record),
    judgement: {
      step: block.step,
      verdict: block.verdict,
      rules: matches.length === 0 ? [block.rule] : matches.slice(0, maxRules).map((match) => match.ruleId),
      ...(targets.length === 0 ? {} : { targets }),
      ...(block.report === undefined ? {} : { score: block.report.score }),
      ...(main === undefined ? {} : { matched: matchedText(main) }),
    },
    rule: {
      id: block.rule,
      ...(block.message === '' ? {} : { name: readableText(block.message) }),
      ...(main === undefined || main.ruleset === '' ? {} : { ruleset: main.ruleset }),
    },
    ...(threat === undefined ? {} : { threat }),
    trace: record.trace(),
  }
}
