import type { Buffer } from 'node:buffer'
import type { Mode } from '@sevenfold/event'
import type { BanHit } from '../ban/ban-table.ts'
import type { Exchange, Peer } from '../http/exchange.ts'
import { hasBody } from '../http/request-head.ts'
import type { RequestHead } from '../http/request-head.ts'
import { BodyHold } from './body-hold.ts'
import { connectionInfo } from './connection-info.ts'
import type { GatewayContext } from './gateway-context.ts'
import { InspectionRun } from './inspection-run.ts'
import type { PeerNote } from './peer-note.ts'
import { RequestInspection } from './request-inspection.ts'
import type { RequestInspectionOwner, Stop } from './request-inspection.ts'
import type { BlockRecord } from './request-record.ts'
import type { GuardAnswer, GuardRun, GuardedRequest, StepReport } from './site-guard.ts'
import type { Site } from './site.ts'
import { stopFacts } from './stop-facts.ts'

/** What is told of a refusal besides the request. */
export type BlockFacts = Pick<BlockRecord, 'step' | 'rule' | 'message'>

/** The request that is judged; it acts on what comes of it. */
export interface JudgementOwner {
  readonly id: string
  readonly head: RequestHead
  readonly clientAddress: string
  /** Every step let it pass. */
  judged(): void
  block(facts: BlockFacts, status: number, location?: string): void
  drop(facts: BlockFacts): void
  /** The request would wait for the service in vain. */
  jammed(): void
  /** A step answers in place of the service. */
  answerOfStep(answer: GuardAnswer): void
  wouldBlock(report: StepReport): void
}

/** What a judgement works on. */
export interface JudgementOptions {
  readonly context: GatewayContext
  readonly exchange: Exchange
  readonly note: PeerNote
  readonly place: Site
}

/**
 * The judgement of one request in the fixed order: ban, the steps of the site, inspection. It holds the body back as
 * long as somebody still has to read it. One object for each request: hot.
 */
export class RequestJudgement implements RequestInspectionOwner, GuardedRequest {
  readonly id: string
  readonly head: RequestHead
  readonly clientAddress: string
  /** The decision on the client. */
  banHit: BanHit | null = null
  guard: GuardRun | null = null
  wafVerdict = 'off'
  /** The inspection, which goes on with the answer. */
  run: InspectionRun | null = null
  private readonly owner: JudgementOwner
  private readonly context: GatewayContext
  private readonly exchange: Exchange
  private readonly note: PeerNote
  private readonly place: Site
  private open = true
  private wafMode: Mode = 'off'
  private inspection: RequestInspection | null = null
  private hold: BodyHold | null = null
  /** Bytes of the body that a step waits for; 0 when none does. */
  private gathering = 0
  private steps = 0

  constructor(owner: JudgementOwner, { context, exchange, note, place }: JudgementOptions) {
    this.id = owner.id
    this.head = owner.head
    this.clientAddress = owner.clientAddress
    this.owner = owner
    this.context = context
    this.exchange = exchange
    this.note = note
    this.place = place
  }

  get peer(): Peer {
    return this.exchange.peer
  }

  get allowed(): boolean {
    return this.banHit !== null && this.banHit.kind === 'allow'
  }

  get held(): BodyHold | null {
    return this.hold
  }

  /** Exactly one of the owner's methods but `wouldBlock` is called, at once or later, unless `close` comes first. */
  start(): void {
    if (this.isBanned()) return
    const { guard } = this.place
    if (guard === undefined) {
      this.guarded()
      return
    }
    this.guard = guard.open(this)
    this.continueJudgement()
  }

  wouldBlock(report: StepReport): void {
    this.owner.wouldBlock(report)
  }

  continueJudgement(): void {
    const { guard } = this
    if (guard === null || !this.open) return
    const outcome = guard.next()
    switch (outcome.kind) {
      case 'pass':
        this.guarded()
        break
      case 'wait':
        break
      case 'body':
        this.gather(outcome.limit)
        break
      case 'answer':
        this.owner.answerOfStep(outcome)
        break
    }
  }

  /** Takes a piece of the body when a step or the inspection waits for it. @param last the body is complete with it. */
  takes(piece: Buffer, last: boolean): boolean {
    if (this.gathering > 0) {
      this.hold?.add(piece)
      if ((this.hold?.bytes ?? 0) >= this.gathering && !last) this.gathered()
      return true
    }
    const { inspection } = this
    if (inspection === null) return false
    this.guard?.rests('nothing')
    if (last) inspection.hold.complete = true
    inspection.piece(piece)
    return true
  }

  /** The body is complete; true when that is known to whoever holds it. */
  takesEnd(): boolean {
    this.guard?.rests('nothing')
    if (this.gathering > 0 && this.hold !== null) {
      this.hold.complete = true
      this.gathered()
    } else if (this.inspection !== null) this.inspection.bodyEnd()
    else if (this.hold !== null) this.hold.complete = true
    else return false
    return true
  }

  /** What was held back of the body, for whoever sends it on; null when nothing was. */
  takeHold(): BodyHold | null {
    const { hold } = this
    this.hold = null
    return hold
  }

  awaitBody(): void {
    this.guard?.rests('body')
    this.exchange.resumeRequest()
  }

  requestPassed(): void {
    this.wafVerdict = 'pass'
    this.passed()
  }

  requestStopped(stop: Stop): void {
    if (this.stops('waf', stop)) return
    this.endInspection()
    this.passed()
  }

  /** Acts on a stop; false when the message goes on all the same (monitor mode, or a failure that may pass). */
  stops(step: 'waf' | 'response', stop: Stop): boolean {
    const { owner } = this
    const failed = stop.kind === 'fault' || stop.kind === 'exhausted'
    const mode = step === 'waf' ? this.wafMode : this.place.mode('response')
    const passes = mode === 'monitor' || (failed && this.place.onInspectionFailure === 'pass')
    const facts = { step, ...stopFacts(stop, this.run?.report() ?? null) }
    if (step === 'waf') this.wafVerdict = passes ? 'would-block' : stop.kind
    if (passes) owner.wouldBlock(facts)
    else if (stop.kind === 'drop') owner.drop(facts)
    else if (stop.kind === 'redirect') owner.block(facts, stop.status, stop.location)
    else owner.block(facts, stop.kind === 'deny' ? stop.status : 503)
    return !passes
  }

  endInspection(): void {
    if (this.guard !== null) this.steps = this.run?.report()?.steps ?? this.steps
    this.run?.close()
    this.run = null
    this.inspection?.cancel()
    this.inspection = null
  }

  /** The request is over. */
  close(status: number): void {
    this.open = false
    if (this.run !== null) this.endInspection()
    this.guard?.finished(status, this.steps)
  }

  private isBanned(): boolean {
    const hit = this.note.ban(this.context)
    if (hit === null) return false
    const mode = this.place.mode('ban')
    if (mode === 'off') return false
    this.banHit = hit
    if (hit.kind === 'allow') return false
    const facts = {
      step: 'ban',
      rule: hit.scenario,
      message: `decision ${hit.decision} of ${hit.origin}`,
    } as const
    if (mode === 'enforce') this.owner.block(facts, 403)
    else this.owner.wouldBlock(facts)
    return mode === 'enforce'
  }

  /** Bans and steps let the request pass. */
  private guarded(): void {
    // Thousands that never get their turn must not cost an inspection each. A canary is about the inspection.
    if (this.place.pool.isJammed(this.head.target) && this.head.canary === '') {
      this.owner.jammed()
      return
    }
    if (this.place.inspection !== null) this.wafMode = this.place.mode('waf')
    if (this.wafMode === 'off') this.passed()
    else this.inspect()
  }

  /** Holds the body back until `limit` bytes of it or all are here. */
  private gather(limit: number): void {
    this.hold ??= new BodyHold()
    if (!hasBody(this.head)) this.hold.complete = true
    if (this.hold.complete) {
      this.continueJudgement()
      return
    }
    this.gathering = limit
    this.exchange.sendContinue()
    this.awaitBody()
  }

  private gathered(): void {
    this.gathering = 0
    this.guard?.rests('nothing')
    this.exchange.pauseRequest()
    this.continueJudgement()
  }

  private inspect(): void {
    const { inspection, name: site } = this.place
    if (inspection === null) return
    const { clientAddress, id: requestId } = this
    const facts = { clientAddress, requestId, startedAtMs: this.context.now(), site }
    this.run = new InspectionRun(
      inspection.inspector,
      connectionInfo(this.exchange.peer, facts),
      this.context.bounds,
    )
    this.inspection = new RequestInspection({
      run: this.run,
      exchange: this.exchange,
      owner: this,
      bodyLimit: this.context.inspectedBodySizeBytes,
      ...(this.hold === null ? {} : { hold: this.hold }),
    })
    this.hold = this.inspection.hold
    this.inspection.start()
  }

  private passed(): void {
    this.inspection = null
    this.open = false
    this.owner.judged()
  }
}
