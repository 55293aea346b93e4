import { Buffer } from 'node:buffer'
import type { ConnectionInfo, Inspection, Mode, TraceStep, Verdict } from '@sevenfold/event'
import type { BanHit } from '../ban/ban-table.ts'
import type { Exchange, ExchangeListener } from '../http/exchange.ts'
import { listHeaders } from '../http/header-list.ts'
import type { Refusal } from '../http/refusal.ts'
import { hasBody, noLength } from '../http/request-head.ts'
import type { RequestHead } from '../http/request-head.ts'
import { plainHead } from '../http/response-head.ts'
import type { ResponseHead, UpstreamHead } from '../http/response-head.ts'
import { reasonPhrase } from '../http/status-line.ts'
import type { UpstreamFailure } from '../upstream/upstream-failure.ts'
import type { UpstreamListener, UpstreamWriter } from '../upstream/upstream-listener.ts'
import { answerPage } from './answer-page.ts'
import { checkCanary } from './canary-mark.ts'
import { forwardHead } from './forward-head.ts'
import type { GatewayContext } from './gateway-context.ts'
import { InspectionRun } from './inspection-run.ts'
import type { Outcome } from './inspection-run.ts'
import type { PeerNote } from './peer-note.ts'
import type { BlockRecord, RequestRecord } from './request-record.ts'
import type { Site } from './site.ts'

const stage = {
  judging: 0,
  forwarding: 1,
  answering: 2,
  tunnel: 3,
  done: 4,
} as const

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * One request on its way: judged step by step in the fixed order, forwarded, answered, recorded. It listens to both
 * sides and passes bytes on without queues of its own: where one side cannot take more, the other stops reading.
 */
export class ProxyExchange implements ExchangeListener, UpstreamListener, RequestRecord {
  readonly id: string
  readonly clientAddress: string
  readonly head: RequestHead
  status = 0
  requestBytes = 0
  responseBytes = 0
  canary = ''
  private readonly context: GatewayContext
  private readonly exchange: Exchange
  private readonly note: PeerNote
  private readonly place: Site
  private readonly startedAt: number
  private at: number = stage.judging
  private upstream: UpstreamWriter | null = null
  private retried = false
  private banHit: BanHit | null = null
  private run: InspectionRun | null = null
  private wafMode: Mode = 'off'
  private wafVerdict = 'off'
  private held: Buffer[] | null = null
  private heldBytes = 0
  /** True once the whole body is held. */
  private bodyComplete = false
  private inspecting = false
  private answer: AnswerHold | null = null

  constructor(context: GatewayContext, exchange: Exchange, note: PeerNote, place: Site) {
    this.context = context
    this.exchange = exchange
    this.note = note
    this.place = place
    this.id = context.newId()
    this.head = exchange.head
    this.clientAddress = note.address
    this.startedAt = context.monotonicMs()
  }

  get site(): string {
    return this.place.name
  }

  get clientPort(): number {
    return this.exchange.peer.port
  }

  get durationMs(): number {
    return this.context.monotonicMs() - this.startedAt
  }

  /** Judges and forwards. Hot: a request without inspection runs straight through to the upstream. */
  start(): void {
    if (this.isBanned()) return
    const { inspection } = this.place
    if (inspection === null) {
      this.judged()
      return
    }
    this.wafMode = this.place.mode('waf')
    if (this.wafMode === 'off') this.judged()
    else this.inspectHead()
  }

  // ---- ban ----

  private isBanned(): boolean {
    const hit = this.note.ban(this.context)
    if (hit === null) return false
    this.banHit = hit
    if (hit.kind === 'allow') return false
    const mode = this.place.mode('ban')
    if (mode === 'off') return false
    const facts = {
      step: 'ban',
      rule: hit.scenario,
      message: `decision ${hit.decision} of ${hit.origin}`,
    } as const
    if (mode === 'monitor') {
      this.report({ ...facts, verdict: 'would-block' })
      return false
    }
    this.block(facts, 403)
    return true
  }

  // ---- inspection of the request ----

  private inspectHead(): void {
    const { inspection } = this.place
    if (inspection === null) return
    const { head } = this
    const run = new InspectionRun(inspection.inspector, this.connectionInfo(), this.context.bounds)
    this.run = run
    const raw = {
      kind: 'request',
      method: head.method,
      target: head.target,
      version: head.minorVersion === 1 ? '1.1' : '1.0',
      headers: listHeaders(head.text),
    } as const
    this.inspect(
      (inspection) => inspection.requestHead(raw),
      (outcome) => this.headJudged(outcome),
    )
  }

  private connectionInfo(): ConnectionInfo {
    const { peer } = this.exchange
    return {
      clientAddress: this.clientAddress,
      clientPort: peer.port,
      serverAddress: peer.localAddress,
      serverPort: peer.localPort,
      tls: false,
      requestId: this.id,
      startedAtMs: this.context.now(),
      site: this.place.name,
    }
  }

  /** Calls the inspection unless the exchange is over; while it works nothing more is read. */
  private inspect(call: (inspection: Inspection) => Verdict, next: (outcome: Outcome) => void): void {
    const { run } = this
    if (run === null) return
    this.inspecting = true
    run.step(call, (outcome) => {
      this.inspecting = false
      if (this.at === stage.done) run.close()
      else next(outcome)
    })
  }

  private headJudged(outcome: Outcome): void {
    if (this.stops(outcome)) return
    if (!hasBody(this.head)) {
      this.inspectEnd()
      return
    }
    this.held = []
    this.exchange.sendContinue()
    this.exchange.resumeRequest()
  }

  private inspectPiece(piece: Buffer): void {
    this.held?.push(piece)
    const before = this.heldBytes
    this.heldBytes += piece.length
    const room = this.context.inspectedBodySize - before
    if (room <= 0) return
    const seen = piece.length > room ? piece.subarray(0, room) : piece
    this.exchange.pauseRequest()
    this.inspect(
      (inspection) => inspection.requestBody(seen),
      (outcome) => {
        if (this.stops(outcome)) return
        const full = this.heldBytes >= this.context.inspectedBodySize
        if (this.bodyComplete || full || outcome.kind === 'pass') this.inspectEnd()
        else this.exchange.resumeRequest()
      },
    )
  }

  private inspectEnd(): void {
    this.inspect(
      (inspection) => inspection.requestEnd(),
      (outcome) => {
        if (this.stops(outcome)) return
        if (this.wafVerdict === 'off') this.wafVerdict = 'pass'
        this.judged()
      },
    )
  }

  /** Acts on an outcome; true when the request is over. */
  private stops(outcome: Outcome): boolean {
    switch (outcome.kind) {
      case 'pass':
      case 'more':
        return this.wafMode === 'monitor' && this.monitorReport()
      case 'deny':
        return this.refuseByWaf('deny', outcome.status)
      case 'redirect':
        return this.refuseByWaf('redirect', outcome.status, outcome.location)
      case 'drop':
        return this.refuseByWaf('drop', 0)
      case 'exhausted':
        return this.inspectionFailed('steps', 'the budget of the transaction is used up')
      case 'fault':
        return this.inspectionFailed(outcome.reason, outcome.detail)
    }
  }

  /** An engine in detection-only mode passes what it would have stopped; the report tells. */
  private monitorReport(): false {
    const report = this.run?.report()
    if (report !== null && report !== undefined && report.interruption !== null) this.wouldBlock()
    return false
  }

  private wouldBlock(): void {
    if (this.wafVerdict === 'would-block') return
    this.wafVerdict = 'would-block'
    this.report({ step: 'waf', rule: this.mainRule(), message: this.mainMessage(), verdict: 'would-block' })
  }

  private refuseByWaf(kind: string, status: number, location?: string): boolean {
    if (this.wafMode === 'monitor') {
      this.wouldBlock()
      this.endInspection()
      return this.passOn()
    }
    this.wafVerdict = kind
    const facts = { step: 'waf', rule: this.mainRule(), message: this.mainMessage() } as const
    if (status === 0) this.dropConnection(facts)
    else this.block(facts, status, location)
    return true
  }

  private inspectionFailed(reason: string, detail: string): boolean {
    const pass = this.place.onInspectionFailure === 'pass' || this.wafMode === 'monitor'
    this.wafVerdict = `failed:${reason}`
    const facts = { step: 'waf', rule: `inspection-failed-${reason}`, message: detail } as const
    if (!pass) {
      this.block(facts, 503)
      return true
    }
    this.report({ ...facts, verdict: 'would-block' })
    this.endInspection()
    return this.passOn()
  }

  /** Goes on without inspection: what was held is forwarded. Returns true: the caller's own path ends. */
  private passOn(): true {
    if (this.at === stage.judging) this.judged()
    return true
  }

  private mainRule(): string {
    const matches = this.run?.report()?.matches ?? []
    return (matches.findLast((match) => match.disruptive) ?? matches.at(-1))?.ruleId ?? 'unknown'
  }

  private mainMessage(): string {
    const matches = this.run?.report()?.matches ?? []
    return (matches.find((match) => match.message !== '' && !match.disruptive) ?? matches[0])?.message ?? ''
  }

  private endInspection(): void {
    this.run?.close()
    this.run = null
  }

  // ---- after the judgement ----

  /** The request may go on. A canary ends here: it must never reach an application. */
  private judged(): void {
    if (this.head.canary !== '' && this.isCanary()) {
      this.context.canarySeen(this.canary, false)
      this.answerLocally(200, 'OK', 'EDGE_CANARY_MISSED')
      this.finish()
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

  upstreamReady(connection: UpstreamWriter): void {
    if (this.at === stage.done) {
      connection.destroy()
      return
    }
    this.upstream = connection
    const { head } = this
    const held = this.held === null ? null : Buffer.concat(this.held)
    const whole = this.bodyComplete || !hasBody(head)
    const chunked = head.chunked && !this.bodyComplete
    const length = chunked ? noLength : head.chunked ? this.heldBytes : head.contentLength
    this.held = null
    const text = forwardHead(
      head,
      { length, chunked },
      { id: this.id, authority: this.place.upstreamAuthority, forwarded: this.note.forwarded },
    )
    const drained =
      chunked && held !== null && held.length > 0
        ? this.sendFirstChunk(connection, text, held)
        : connection.send(head.method, head.upgrade, text, held, whole)
    if (whole) return
    this.exchange.sendContinue()
    if (drained) this.exchange.resumeRequest()
  }

  private sendFirstChunk(connection: UpstreamWriter, text: string, held: Buffer): boolean {
    connection.send(this.head.method, false, text, null, false)
    return connection.write(`${held.length.toString(16)}\r\n`, held, '\r\n', false)
  }

  // ---- the client's side ----

  requestBody(piece: Buffer): void {
    this.requestBytes += piece.length
    if (this.at === stage.judging) {
      this.inspectPiece(piece)
      return
    }
    const { upstream } = this
    if (upstream === null) {
      this.held ??= []
      this.held.push(piece)
      this.heldBytes += piece.length
      this.exchange.pauseRequest()
      return
    }
    const framed = this.head.chunked && this.at !== stage.tunnel
    const last = !framed && this.at !== stage.tunnel && this.requestBytes === this.head.contentLength
    const drained = framed
      ? upstream.write(`${piece.length.toString(16)}\r\n`, piece, '\r\n', false)
      : upstream.write('', piece, '', last)
    if (!drained) this.exchange.pauseRequest()
  }

  requestEnd(): void {
    this.bodyComplete = true
    if (this.at === stage.judging) {
      // The verdict on the last piece goes on by itself; a body of which nothing was inspected ends here.
      if (!this.inspecting) this.inspectEnd()
      return
    }
    if (this.head.chunked) this.upstream?.write('0\r\n\r\n', null, '', true)
  }

  aborted(refusal: Refusal | null): void {
    if (this.at === stage.done) return
    this.status = refusal === null ? this.status : refusal.status
    this.finish()
  }

  drained(): void {
    this.upstream?.resumeAnswer()
  }

  // ---- the upstream's side ----

  upstreamDrained(): void {
    if (this.at !== stage.done) this.exchange.resumeRequest()
  }

  answerHead(head: UpstreamHead, piece: Buffer | null, ended: boolean): boolean {
    this.status = head.status
    if (head.status === 101) {
      this.at = stage.tunnel
      this.exchange.switchProtocols(`${head.fields}X-Request-Id: ${this.id}\r\n`)
      return true
    }
    this.at = stage.answering
    if (this.run !== null && this.place.inspection?.answers === true) {
      this.answer = new AnswerHold(head)
      return this.holdAnswer(piece, ended)
    }
    if (this.run !== null) this.endInspection()
    return this.sendHead(head, piece, ended)
  }

  answerBody(piece: Buffer | null, ended: boolean): boolean {
    if (this.answer !== null) return this.holdAnswer(piece, ended)
    return this.pass(piece, ended)
  }

  private sendHead(head: UpstreamHead, piece: Buffer | null, ended: boolean): boolean {
    const { exchange } = this
    if (piece !== null) this.responseBytes += piece.length
    if (ended) this.at = stage.done
    const drained = exchange.respond(this.outgoing(head), piece, ended)
    if (ended) this.complete()
    return drained
  }

  private pass(piece: Buffer | null, ended: boolean): boolean {
    if (piece !== null) this.responseBytes += piece.length
    if (ended) this.at = stage.done
    const drained = this.exchange.write(piece, ended)
    if (ended) this.complete()
    return drained
  }

  private outgoing(head: UpstreamHead): ResponseHead {
    return {
      status: head.status,
      reason: head.reason,
      fields: `${head.fields}X-Request-Id: ${this.id}\r\n`,
      contentLength: head.contentLength,
    }
  }

  upstreamFailed(failure: UpstreamFailure): void {
    this.upstream = null
    if (this.at === stage.done) return
    if (failure.retryable && !this.retried && safeMethods.has(this.head.method) && !hasBody(this.head)) {
      this.retried = true
      this.place.pool.acquire(this, true)
      return
    }
    const facts = { step: 'upstream', rule: failure.code, message: failure.detail } as const
    const begun = this.at === stage.answering && this.answer === null
    if (begun || this.at === stage.tunnel) {
      this.report({ ...facts, verdict: 'would-block' })
      this.exchange.destroy()
      this.finish()
      return
    }
    this.block(facts, failure.status)
  }

  // ---- inspection of the answer ----

  private holdAnswer(piece: Buffer | null, ended: boolean): boolean {
    const hold = this.answer
    if (hold === null) return true
    // The piece lies in a receive buffer that is filled again after this call.
    if (piece !== null) hold.add(Buffer.from(piece))
    hold.ended ||= ended
    if (!this.inspecting) this.inspectAnswer(hold)
    return this.answer === null
  }

  private inspectAnswer(hold: AnswerHold): void {
    const next = (outcome: Outcome): void => this.answerJudged(hold, outcome)
    if (!hold.headSeen) {
      hold.headSeen = true
      const { head } = hold
      const raw = {
        kind: 'response',
        status: head.status,
        reason: head.reason,
        version: head.minorVersion === 1 ? '1.1' : '1.0',
        headers: listHeaders(head.text),
      } as const
      this.inspect((inspection) => inspection.responseHead(raw), next)
      return
    }
    const piece = hold.takeUnseen()
    if (piece !== null) this.inspect((inspection) => inspection.responseBody(piece), next)
    else if (hold.ended || hold.bytes >= this.context.inspectedBodySize) {
      this.inspect(
        (inspection) => inspection.responseEnd(),
        (outcome) => {
          if (!this.stops(outcome)) this.releaseAnswer(hold)
          else if (this.run === null) this.releaseAnswer(hold)
        },
      )
    } else this.upstream?.resumeAnswer()
  }

  private answerJudged(hold: AnswerHold, outcome: Outcome): void {
    const stopped = this.stops(outcome)
    if (stopped && this.run !== null) return
    if (stopped || outcome.kind === 'pass') this.releaseAnswer(hold)
    else this.inspectAnswer(hold)
  }

  private releaseAnswer(hold: AnswerHold): void {
    if (this.at === stage.done) return
    this.answer = null
    this.endInspection()
    const drained = this.sendHead(hold.head, hold.all(), hold.ended)
    if (drained) this.upstream?.resumeAnswer()
  }

  // ---- ending ----

  private block(
    facts: Pick<BlockRecord, 'step' | 'rule' | 'message'>,
    status: number,
    location?: string,
  ): void {
    this.status = status
    if (this.head.canary !== '' && this.isCanary()) this.context.canarySeen(this.canary, true)
    this.report({ ...facts, verdict: 'block' })
    this.answerLocally(
      status,
      reasonPhrase(status),
      facts.step === 'upstream' ? facts.rule : 'EDGE_BLOCKED',
      location,
    )
    this.finish()
  }

  private dropConnection(facts: Pick<BlockRecord, 'step' | 'rule' | 'message'>): void {
    this.report({ ...facts, verdict: 'block' })
    this.exchange.destroy()
    this.finish()
  }

  private report(facts: Pick<BlockRecord, 'step' | 'rule' | 'message' | 'verdict'>): void {
    const report =
      facts.step === 'waf' || facts.step === 'response' ? (this.run?.report() ?? undefined) : undefined
    this.context.events.block(this, {
      ...facts,
      ...(report === undefined ? {} : { report }),
      trace: this.trace(facts),
    })
  }

  /** All steps that were taken, in their fixed order. */
  private trace(facts: Pick<BlockRecord, 'step' | 'rule' | 'verdict'>): readonly TraceStep[] {
    const steps: TraceStep[] = [{ step: 'limits', verdict: 'pass' }]
    const own = { step: facts.step, verdict: facts.verdict, detail: facts.rule }
    if (facts.step === 'ban') return [...steps, own]
    steps.push(banTrace(this.banHit))
    if (facts.step === 'waf') return [...steps, own]
    steps.push({ step: 'waf', verdict: this.wafVerdict })
    return [...steps, own]
  }

  private answerLocally(status: number, title: string, code: string, location?: string): void {
    this.status = status
    this.at = stage.done
    const page = answerPage(this.head, { status, title, id: this.id, code })
    const body = Buffer.from(page.body)
    const fields = location === undefined ? page.fields : `${page.fields}Location: ${lineSafe(location)}\r\n`
    this.responseBytes = body.length
    this.exchange.respond(plainHead(status, title, fields, body.length), body, true)
  }

  private complete(): void {
    this.upstream = null
    this.finish()
  }

  private finish(): void {
    this.at = stage.done
    this.upstream?.destroy()
    this.upstream = null
    this.place.pool.cancel(this)
    if (!this.inspecting) this.run?.close()
    this.held = null
    this.context.events.access(this)
  }
}

function banTrace(hit: BanHit | null): TraceStep {
  return hit === null
    ? { step: 'ban', verdict: 'pass' }
    : { step: 'ban', verdict: hit.kind === 'allow' ? 'allow' : 'would-block', detail: hit.scenario }
}

/** A location from a rule must not be able to start a header of its own. */
function lineSafe(text: string): string {
  return text.replaceAll(/[^\u0021-\u007e]/g, '')
}

/** An answer that the inspection has not released yet. */
class AnswerHold {
  readonly head: UpstreamHead
  headSeen = false
  ended = false
  bytes = 0
  private readonly pieces: Buffer[] = []
  private seen = 0

  constructor(head: UpstreamHead) {
    this.head = head
  }

  add(piece: Buffer): void {
    this.pieces.push(piece)
    this.bytes += piece.length
  }

  /** The next piece that the inspection has not seen, or null. */
  takeUnseen(): Buffer | null {
    const piece = this.pieces[this.seen]
    if (piece === undefined) return null
    this.seen += 1
    return piece
  }

  all(): Buffer | null {
    return this.pieces.length === 0 ? null : Buffer.concat(this.pieces)
  }
}
