import type { TraceStep } from '@sevenfold/event'
import type { CrawlerProof } from '../bots/crawler-verifier.ts'
import { readHeadFacts } from '../http/head-facts.ts'
import type { HeadFacts } from '../http/head-facts.ts'
import { hasBody } from '../http/request-head.ts'
import type { GuardAnswer, GuardOutcome, GuardRun, GuardedRequest } from '../pipeline/site-guard.ts'
import { cookieValue } from '../rate/cookie-value.ts'
import { routePath } from '../rate/route-path.ts'
import type { RateClient, RateRefusal } from '../rate/rate-limiter.ts'
import { prefixOf } from '../challenge/prefix-of.ts'
import { stableJa4 } from '../challenge/stable-ja4.ts'
import type { Binding } from '../challenge/token.ts'
import type { Operation, SchemaFault } from '../schema/operation.ts'
import type { Rest } from '../shed/load-gauge.ts'
import { judgeAgent } from './judge-agent.ts'
import { answerOwnPath, ownPrefix } from './own-paths.ts'
import { shedOutcome, rememberGood } from './shed-step.ts'
import type { SiteSteps } from './site-steps.ts'

const pass: GuardOutcome = { kind: 'pass' }
const wait: GuardOutcome = { kind: 'wait' }
const stages = ['shed', 'geo', 'rate', 'own', 'agent', 'schema'] as const
const stepOfStage = {
  shed: 'limits',
  geo: 'ban',
  rate: 'rate',
  own: 'challenge',
  agent: 'challenge',
  schema: 'schema',
} as const
const nowhere = { country: '', asn: 0 } as const

/** A refusal of a step. */
export interface Refusal {
  readonly step: 'ban' | 'rate' | 'challenge' | 'schema'
  readonly rule: string
  readonly message: string
  readonly status: number
  readonly fields?: string
  /** Null or absent: the ordinary page. */
  readonly body?: string | null
}

/** One request on its way through the steps between ban and inspection. One object for each request: hot. */
export class StepsRun implements GuardRun, RateClient {
  readonly request: GuardedRequest
  readonly steps: SiteSteps
  country = ''
  asn = 0
  /** True when rules by country want a challenge. */
  challengedByPlace = false
  /** True when the client showed a pass. */
  passed = false
  /** What is known of a client that says it is a crawler. */
  proof: CrawlerProof | null = null
  /** An answer that came while the request waited. */
  later: GuardOutcome | null = null
  private at = 0
  private rule = 0
  /** What the primary said of the rule that is judged. */
  private told: RateRefusal | null | undefined = undefined
  private operation: Operation | null = null
  private path = ''
  private read: HeadFacts | null = null
  private readonly verdicts: TraceStep[] = []
  private running = true
  private resting: Rest = 'nothing'

  constructor(request: GuardedRequest, steps: SiteSteps) {
    this.request = request
    this.steps = steps
    steps.services.gauge.enter()
  }

  get address(): string {
    return this.request.clientAddress
  }

  get ja4(): string {
    return this.request.peer.tls?.ja4 ?? ''
  }

  get secure(): boolean {
    return this.request.peer.tls !== null
  }

  /** What the head says, read once. */
  get facts(): HeadFacts {
    this.read ??= readHeadFacts(this.request.head)
    return this.read
  }

  cookie(name: string): string | undefined {
    return cookieValue(this.facts.cookie, name)
  }

  get binding(): Binding {
    return { site: this.steps.site, prefix: prefixOf(this.address), ja4: stableJa4(this.ja4) }
  }

  /** The path as rules compare it. */
  readonly route = (): string => {
    if (this.path === '') this.path = routePath(this.request.head.target)
    return this.path
  }

  next(): GuardOutcome {
    const { later } = this
    if (later !== null) {
      this.later = null
      return later
    }
    while (this.at < stages.length) {
      const outcome = this.safeStage()
      if (outcome !== null) return outcome
      this.at += 1
    }
    return pass
  }

  trace(): readonly TraceStep[] {
    return this.verdicts
  }

  answerFields(_status: number, fields: string): string {
    const { limiter, headers } = this.steps
    const made = headers.apply(fields, this.secure)
    return limiter.tells ? made + limiter.tell(this.address) : made
  }

  rests(on: Rest): void {
    if (!this.running || this.resting === on) return
    this.steps.services.gauge.rests(this.resting, on)
    this.resting = on
  }

  finished(status: number, steps: number): void {
    if (!this.running) return
    // Who rests was taken off already.
    this.rests('nothing')
    this.running = false
    this.steps.services.gauge.leave()
    if (steps > 0 && !this.steps.limiter.isExempt(this.address))
      this.steps.limiter.chargeWork(this.address, steps)
    if (status >= 200 && status < 400) rememberGood(this)
  }

  /** Refuses, or reports what would have been refused and gives null. */
  refuse(refusal: Refusal): GuardOutcome | null {
    const { step, rule, message } = refusal
    const enforces = this.steps.mode(step) === 'enforce'
    this.note(step, enforces ? 'block' : 'would-block', rule)
    if (!enforces) {
      this.request.wouldBlock({ step, rule, message })
      return null
    }
    return this.answer({ ...refusal, report: { step, rule, message } })
  }

  /** Answers in place of the service. */
  answer(made: {
    status: number
    fields?: string
    body?: string | null
    report?: GuardAnswer['report']
    close?: boolean
  }): GuardOutcome {
    const { status, fields = '', body = null, report = null, close = false } = made
    return { kind: 'answer', status, fields, body, report, close }
  }

  note(step: string, verdict: string, detail = ''): void {
    this.verdicts.push(detail === '' ? { step, verdict } : { step, verdict, detail })
  }

  /** Waits until `settle` was called; gives null when that was at once. */
  waitFor(start: (settle: () => void) => void): GuardOutcome | null {
    let settled = false
    let returned = false
    start(() => {
      settled = true
      if (returned) this.request.continueJudgement()
    })
    returned = true
    return settled ? null : wait
  }

  /** A step that breaks refuses the request, unless the site lets failed inspections pass. */
  private safeStage(): GuardOutcome | null {
    try {
      return this.stage()
    } catch (error) {
      const stage = stages[this.at] ?? 'shed'
      const step = stepOfStage[stage]
      const message =
        error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 200) : 'unknown error'
      const report = { step, rule: `step-failed-${stage}`, message }
      const passes = this.steps.failuresPass || this.steps.mode(step) !== 'enforce'
      this.note(step, 'failed', stage)
      if (!passes) return this.answer({ status: 503, report })
      this.request.wouldBlock(report)
      return null
    }
  }

  private stage(): GuardOutcome | null {
    switch (stages[this.at]) {
      case 'shed':
        return this.steps.sheds ? shedOutcome(this) : null
      case 'geo':
        return this.judgePlace()
      case 'rate':
        return this.steps.mode('rate') === 'off' ? this.skip('rate') : this.judgeRate()
      case 'own':
        return this.request.head.target.startsWith(ownPrefix) || this.steps.robots !== null
          ? answerOwnPath(this)
          : null
      case 'agent':
        return this.steps.mode('challenge') === 'off' ? this.skip('challenge') : judgeAgent(this)
      case 'schema':
        return this.steps.schema === null || this.steps.mode('schema') === 'off'
          ? this.skip('schema')
          : this.judgeSchema()
      default:
        return null
    }
  }

  private skip(step: string): null {
    this.note(step, 'off')
    return null
  }

  private judgePlace(): GuardOutcome | null {
    const { geo } = this.steps
    if (geo === null) return null
    const place = geo.reader.place(this.address) ?? nowhere
    this.country = place.country
    this.asn = place.asn
    const verdict = geo.rules.judge(place)
    if (verdict === 'pass') return null
    if (verdict === 'challenge') {
      this.challengedByPlace = true
      return null
    }
    if (this.request.allowed || this.steps.mode('ban') === 'off') return null
    return this.refuse({ step: 'ban', status: 403, ...verdict })
  }

  private judgeRate(): GuardOutcome | null {
    const { limiter, services } = this.steps
    const { keys, recent, hitters } = services
    if (limiter.isExempt(this.address)) {
      this.note('rate', 'exempt')
      return null
    }
    if (this.rule === 0 && keys.client(this.address)) {
      recent.add(keys.address(0))
      hitters.add(this.address)
    }
    while (this.rule < limiter.rules.length) {
      const outcome = this.judgeRule()
      if (outcome !== null) return outcome
      this.rule += 1
    }
    const work = limiter.workRefusal(this.address)
    const outcome = work === null ? null : this.refuseRate(work)
    if (outcome === null) this.note('rate', 'pass')
    return outcome
  }

  private judgeRule(): GuardOutcome | null {
    const { limiter } = this.steps
    const rule = limiter.rules[this.rule]
    if (rule === undefined) return null
    const { told } = this
    if (told !== undefined) {
      this.told = undefined
      return told === null ? null : this.refuseRate(told, rule.dryRun)
    }
    const { head } = this.request
    const verdict = limiter.charge(rule, head, this, this.route)
    if (verdict === null) return null
    if (verdict !== 'ask') return this.refuseRate(verdict, rule.dryRun)
    const waiting = this.waitFor((settle) =>
      limiter.chargeExact(rule, head, this, {
        path: this.route,
        told: (refused) => {
          this.told = refused
          settle()
        },
      }),
    )
    return waiting ?? this.judgeRule()
  }

  private refuseRate(refused: RateRefusal, dryRun = false): GuardOutcome | null {
    const { rule, retryAfter, fields } = refused
    const message = `rate limit ${rule}: again in ${retryAfter} s`
    if (!dryRun) return this.refuse({ step: 'rate', rule: `rate-${rule}`, message, status: 429, fields })
    this.note('rate', 'would-block', `rate-${rule}`)
    this.request.wouldBlock({ step: 'rate', rule: `rate-${rule}`, message })
    return null
  }

  private judgeSchema(): GuardOutcome | null {
    const { schema } = this.steps
    if (schema === null) return null
    const { head, held } = this.request
    if (this.operation === null) {
      const match = schema.judge(head)
      if (match === null) {
        this.note('schema', 'pass', 'not described')
        return null
      }
      if ('fault' in match) return this.refuseSchema(match.fault)
      if (!hasBody(head) || !match.operation.wantsBody(head)) {
        this.note('schema', 'pass')
        return null
      }
      this.operation = match.operation
    }
    if (held === null || (!held.complete && held.bytes <= schema.bodySizeBytes)) {
      return { kind: 'body', limit: schema.bodySizeBytes + 1 }
    }
    return this.judgeBody(this.operation, schema.bodySizeBytes)
  }

  private judgeBody(operation: Operation, most: number): GuardOutcome | null {
    const { head, held } = this.request
    if (held === null || !held.complete || held.bytes > most) {
      return this.refuseSchema({ rule: 'schema-body', status: 413, message: `a body over ${most} bytes` })
    }
    const fault = operation.judgeBody(head, held.join()?.toString('utf8') ?? '')
    if (fault !== null) return this.refuseSchema(fault)
    this.note('schema', 'pass')
    return null
  }

  private refuseSchema({ rule, status, message, allow }: SchemaFault): GuardOutcome | null {
    const fields = allow === undefined ? '' : `Allow: ${allow}\r\n`
    return this.refuse({ step: 'schema', rule, message, status, fields })
  }
}
