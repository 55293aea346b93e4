import { Buffer } from 'node:buffer'
import { checkCanary } from '@sevenfold/event'
import type { TraceStep } from '@sevenfold/event'
import type { Exchange, ExchangeListener, RefusalAnswer, TlsFacts } from '../http/exchange.ts'
import type { Refusal } from '../http/refusal.ts'
import { hasBody } from '../http/request-head.ts'
import type { RequestHead } from '../http/request-head.ts'
import { plainHead } from '../http/response-head.ts'
import type { UpstreamHead } from '../http/response-head.ts'
import { reasonPhrase } from '../http/status-line.ts'
import { upstreamFailure } from '../upstream/upstream-failure.ts'
import type { UpstreamFailure } from '../upstream/upstream-failure.ts'
import type { UpstreamListener, UpstreamWriter } from '../upstream/upstream-listener.ts'
import { AnswerInspection } from './answer-inspection.ts'
import type { AnswerInspectionOwner } from './answer-inspection.ts'
import { answerPage } from './answer-page.ts'
import { BlockReports } from './block-reports.ts'
import { forwardChunk, forwardRequest } from './forward-request.ts'
import type { GatewayContext } from './gateway-context.ts'
import type { InspectionRun } from './inspection-run.ts'
import type { PeerNote } from './peer-note.ts'
import type { Stop } from './request-inspection.ts'
import { RequestJudgement } from './request-judgement.ts'
import type { BlockFacts, JudgementOwner } from './request-judgement.ts'
import type { GuardAnswer, StepReport } from './site-guard.ts'
import type { BlockRecord, RequestRecord } from './request-record.ts'
import type { Site } from './site.ts'
import { spoofedAddress } from './stop-facts.ts'
import { traceOf } from './trace-of.ts'

const stage = { judging: 0, forwarding: 1, answering: 2, tunnel: 3, done: 4 } as const

/** Methods that may be sent again after an idle connection turned out to be closed (RFC 9110 section 9.2.1). */
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * One request on its way: judged step by step in the fixed order, forwarded, answered, recorded. It listens to both
 * sides and passes bytes on without queues of its own: where one side cannot take more, the other stops reading.
 */
export class ProxyExchange
  implements ExchangeListener, UpstreamListener, RequestRecord, JudgementOwner, AnswerInspectionOwner
{
  readonly id: string
  readonly clientAddress: string
  readonly head: RequestHead
  status = 0
  requestBytes = 0
  responseBytes = 0
  canary = ''
  failure: UpstreamFailure | null = null
  private readonly context: GatewayContext
  private readonly exchange: Exchange
  private readonly note: PeerNote
  private readonly place: Site
  private readonly startedAt: number
  private at: number = stage.judging
  private upstream: UpstreamWriter | null = null
  private retried = 0
  private readonly reports: BlockReports
  private readonly judgement: RequestJudgement
  private answer: AnswerInspection | null = null

  constructor(context: GatewayContext, exchange: Exchange, note: PeerNote, place: Site) {
    this.context = context
    this.exchange = exchange
    this.note = note
    this.place = place
    this.id = context.newId()
    this.head = exchange.head
    this.clientAddress = note.address
    this.startedAt = context.monotonicMs()
    this.reports = new BlockReports(context.events, this)
    this.judgement = new RequestJudgement(this, { context, exchange, note, place })
  }

  get site(): string {
    return this.place.name
  }

  get target(): string {
    return this.head.target
  }

  get clientPort(): number {
    return this.exchange.peer.port
  }

  get durationMs(): number {
    return this.context.monotonicMs() - this.startedAt
  }

  /** Judges and forwards. Hot: a request without inspection runs straight through to the upstream. */
  start(): void {
    const { claims } = this.head
    if (claims !== '' && !this.note.viaProxy && this.place.mode('limits') !== 'off')
      this.reports.hold(spoofedAddress(claims))
    this.judgement.start()
  }

  trace(): readonly TraceStep[] {
    const { judgement } = this
    return traceOf({
      blocked: this.reports.last,
      ban: judgement.banHit,
      guard: judgement.guard === null ? [] : judgement.guard.trace(),
      waf: judgement.wafVerdict,
      failure: this.failure,
      beside: this.place.beside,
      status: this.status,
    })
  }

  get country(): string {
    return this.judgement.guard === null ? '' : this.judgement.guard.country
  }

  get asn(): number {
    return this.judgement.guard === null ? 0 : this.judgement.guard.asn
  }

  get tls(): TlsFacts | null {
    return this.exchange.peer.tls
  }

  get beside(): string {
    return this.place.beside
  }

  wouldBlock(report: StepReport): void {
    this.report({ ...report, verdict: 'would-block' })
  }

  jammed(): void {
    this.upstreamFailed(upstreamFailure('EDGE_UPSTREAM_BUSY', 'large answers hold the connections'))
  }

  answerOfStep(answer: GuardAnswer): void {
    this.status = answer.status
    if (answer.report !== null) {
      this.markCanary()
      this.report({ ...answer.report, verdict: 'block' })
    }
    if (answer.body === null) this.answerLocally(answer.status, 'EDGE_BLOCKED', answer.fields)
    else {
      const fields = `${answer.fields}X-Request-Id: ${this.id}\r\n`
      this.sendLocally(answer.status, fields, answer.body, answer.close === true)
    }
  }

  private endInspection(): void {
    this.judgement.endInspection()
    this.answer?.cancel()
    this.answer = null
  }

  /** The request may go on. A canary ends here: it must never reach an application. */
  judged(): void {
    if (this.head.canary !== '' && this.isCanary()) {
      this.context.canarySeen(this.canary, false)
      this.answerLocally(200, 'EDGE_CANARY_MISSED')
      return
    }
    this.at = stage.forwarding
    this.place.pool.acquire(this)
  }

  private isCanary(): boolean {
    const { canaryKey } = this.context
    if (canaryKey === null) return false
    const { method, target, canary } = this.head
    const seconds = this.context.now() / 1000
    this.canary = checkCanary(canaryKey, canary, { seconds, method, target })
    return this.canary !== ''
  }

  // ---- towards the upstream ----

  upstreamReady(connection: UpstreamWriter): void {
    if (this.at === stage.done) {
      connection.destroy()
      return
    }
    this.upstream = connection
    this.context.events.forwarded?.(this.place.name)
    const { head } = this
    const hold = this.judgement.takeHold()
    const facts = {
      id: this.id,
      authority: this.place.upstreamAuthority,
      forwarded: this.claimsPass ? head.claims + this.note.forwarded : this.note.forwarded,
    }
    const { whole, drained } = forwardRequest(connection, head, { hold, facts })
    if (whole) return
    this.exchange.sendContinue()
    if (drained) this.judgement.awaitBody()
  }

  /** Only a proof switches the step off: then the service sees what the client claims, as without an edge. */
  private get claimsPass(): boolean {
    return this.head.claims !== '' && this.place.mode('limits') === 'off'
  }

  requestBody(piece: Buffer): void {
    this.requestBytes += piece.length
    const complete = this.requestBytes === this.head.contentLength
    if (this.judgement.takes(piece, complete)) return
    const { upstream } = this
    if (upstream === null) return
    const framed = this.head.chunked && this.at !== stage.tunnel
    const last = complete && this.at !== stage.tunnel
    const drained = framed ? forwardChunk(upstream, piece) : upstream.write('', piece, '', last)
    if (!drained) this.exchange.pauseRequest()
  }

  requestEnd(): void {
    if (this.judgement.takesEnd() || !this.head.chunked) return
    this.upstream?.write('0\r\n\r\n', null, '', true)
  }

  upstreamDrained(): void {
    if (this.at !== stage.done) this.exchange.resumeRequest()
  }

  // ---- towards the client ----

  answerHead(head: UpstreamHead, piece: Buffer | null, ended: boolean): boolean {
    this.status = head.status
    if (head.status === 101) {
      this.at = stage.tunnel
      this.reports.tell()
      this.exchange.switchProtocols(`${head.fields}X-Request-Id: ${this.id}\r\n`)
      return true
    }
    if (ended) this.upstream = null
    const { run } = this.judgement
    if (run !== null) {
      const wanted = this.place.inspection?.answers === true && this.place.mode('response') !== 'off'
      if (wanted) return this.inspectAnswer(run, head, piece, ended)
      this.endInspection()
    }
    return this.sendHead(head, piece, ended)
  }

  answerBody(piece: Buffer | null, ended: boolean): boolean {
    if (ended) this.upstream = null
    if (this.answer !== null) return this.answer.add(piece, ended)
    if (piece !== null) this.responseBytes += piece.length
    if (ended) this.at = stage.done
    const drained = this.exchange.write(piece, ended)
    if (ended) this.finish()
    else if (!drained) this.judgement.guard?.rests('answer')
    return drained
  }

  private sendHead(head: UpstreamHead, piece: Buffer | null, ended: boolean): boolean {
    this.reports.tell()
    if (piece !== null) this.responseBytes += piece.length
    this.at = ended ? stage.done : stage.answering
    const { guard } = this.judgement
    const kept = guard === null ? head.fields : guard.answerFields(head.status, head.fields)
    const fields = `${kept}X-Request-Id: ${this.id}\r\n${this.place.answerFields}`
    const answer = plainHead(head.status, head.reason, fields, head.contentLength)
    const drained = this.exchange.respond(answer, piece, ended)
    if (ended) this.finish()
    else if (!drained) guard?.rests('answer')
    return drained
  }

  drained(): void {
    this.judgement.guard?.rests('nothing')
    this.upstream?.resumeAnswer()
  }

  private inspectAnswer(
    run: InspectionRun,
    head: UpstreamHead,
    piece: Buffer | null,
    ended: boolean,
  ): boolean {
    const answer = new AnswerInspection({
      run,
      head,
      owner: this,
      bodyLimit: this.context.inspectedBodySizeBytes,
    })
    this.answer = answer
    return answer.add(piece, ended)
  }

  answerPassed(answer: AnswerInspection): void {
    this.endInspection()
    const { pieces, complete } = answer.hold
    const last = pieces.length - 1
    let drained = this.sendHead(answer.head, pieces[0] ?? null, complete && last <= 0)
    for (let i = 1; i <= last; i += 1) drained = this.answerBody(pieces[i] ?? null, complete && i === last)
    if (drained) this.upstream?.resumeAnswer()
  }

  answerStopped(stop: Stop): void {
    const { answer } = this
    if (answer === null || this.judgement.stops('response', stop)) return
    this.answerPassed(answer)
  }

  answerWanted(): void {
    this.upstream?.resumeAnswer()
  }

  upstreamFailed(failure: UpstreamFailure): void {
    this.upstream = null
    if (this.at === stage.done) return
    const safe = failure.retryable && safeMethods.has(this.head.method) && !hasBody(this.head)
    if ((failure.unsent || safe) && this.retried < this.place.retries && this.at === stage.forwarding) {
      this.retried += 1
      this.place.pool.acquire(this, true)
      return
    }
    this.failure = failure
    if (this.at === stage.answering || this.at === stage.tunnel) this.breakOff()
    else this.answerLocally(failure.status, failure.code)
  }

  // ---- ending ----

  refused(refusal: Refusal): RefusalAnswer {
    this.status = refusal.status
    const { code, message, status } = refusal
    this.report({ step: 'limits', rule: code, message, verdict: 'block' })
    this.finish()
    return answerPage(this.head, { status, title: reasonPhrase(status), id: this.id, code }, this.place.pages)
  }

  aborted(): void {
    if (this.at !== stage.done) this.finish()
  }

  block(facts: BlockFacts, status: number, location?: string): void {
    this.status = status
    this.markCanary()
    this.report({ ...facts, verdict: 'block' })
    this.answerLocally(
      status,
      'EDGE_BLOCKED',
      location === undefined ? '' : `Location: ${lineSafe(location)}\r\n`,
    )
  }

  drop(facts: BlockFacts): void {
    this.markCanary()
    this.report({ ...facts, verdict: 'block' })
    this.breakOff()
  }

  /** The mark counts only now that the verdict stands. */
  private markCanary(): void {
    if (this.head.canary !== '' && this.isCanary()) this.context.canarySeen(this.canary, true)
  }

  private report(block: Omit<BlockRecord, 'report'>): void {
    const judged = block.step === 'waf' || block.step === 'response'
    this.reports.add(block, judged ? (this.judgement.run?.report() ?? null) : null)
  }

  private answerLocally(status: number, code: string, more = ''): void {
    const facts = { status, title: reasonPhrase(status), id: this.id, code }
    const page = answerPage(this.head, facts, this.place.pages)
    // Over capacity, connections that ask for more only make it worse.
    this.sendLocally(page.status ?? status, page.fields + more, page.body, status === 503)
  }

  private sendLocally(status: number, fields: string, text: string, close: boolean): void {
    this.status = status
    this.at = stage.done
    const body = Buffer.from(text)
    this.responseBytes = body.length
    const head = plainHead(status, reasonPhrase(status), fields + this.place.answerFields, body.length)
    this.exchange.respond({ ...head, close }, body, true)
    this.finish()
  }

  private breakOff(): void {
    this.exchange.destroy()
    this.finish()
  }

  private finish(): void {
    this.at = stage.done
    this.reports.tell()
    if (this.upstream !== null) this.upstream.destroy()
    else this.place.pool.cancel(this)
    this.upstream = null
    if (this.judgement.run !== null) this.endInspection()
    this.judgement.close(this.status)
    this.context.events.access(this)
  }
}

/** A location from a rule must not be able to start a header of its own. */
function lineSafe(text: string): string {
  return text.replaceAll(/[^\u0021-\u007e]/g, '')
}
