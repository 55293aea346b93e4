import type { Buffer } from 'node:buffer'
import type { Inspection, Verdict } from '@sevenfold/event'
import type { Exchange } from '../http/exchange.ts'
import { listHeaders } from '../http/header-list.ts'
import { hasBody } from '../http/request-head.ts'
import { BodyHold } from './body-hold.ts'
import type { InspectionRun, Outcome } from './inspection-run.ts'

/** An outcome that ends the inspection of a request or an answer. */
export type Stop = Exclude<Outcome, { kind: 'pass' } | { kind: 'more' }>

/** True for an outcome that ends the inspection. */
export function isStop(outcome: Outcome): outcome is Stop {
  return outcome.kind !== 'pass' && outcome.kind !== 'more'
}

/** Who hears the end of the inspection of a request; exactly one of the two is called, once. */
export interface RequestInspectionOwner {
  requestPassed(): void
  requestStopped(stop: Stop): void
  /** More of the body is needed: goes on reading from the client. */
  awaitBody(): void
}

/** What an inspection works on. */
export interface RequestInspectionOptions {
  readonly run: InspectionRun
  readonly exchange: Exchange
  readonly owner: RequestInspectionOwner
  /** How much of the body is inspected, bytes; what lies behind is forwarded unread. */
  readonly bodyLimit: number
  /** What an earlier step held back already. */
  readonly hold?: BodyHold
}

/**
 * Takes one request through its inspection. The body is held back until its verdict: an application must not act on
 * the first half of an attack. While the engine works, nothing more is read from the client.
 */
export class RequestInspection {
  readonly hold: BodyHold
  private readonly options: RequestInspectionOptions
  private working = false
  private over = false

  constructor(options: RequestInspectionOptions) {
    this.options = options
    this.hold = options.hold ?? new BodyHold()
  }

  start(): void {
    const { head } = this.options.exchange
    const raw = {
      kind: 'request',
      method: head.method,
      target: head.target,
      version: head.protocol,
      headers: listHeaders(head.text),
    } as const
    this.call(
      (inspection) => inspection.requestHead(raw),
      () => this.headPassed(),
    )
  }

  piece(piece: Buffer): void {
    const room = this.options.bodyLimit - this.hold.bytes
    this.hold.add(piece)
    const seen = piece.length > room ? piece.subarray(0, Math.max(0, room)) : piece
    this.options.exchange.pauseRequest()
    this.call(
      (inspection) => inspection.requestBody(seen),
      (outcome) => this.piecePassed(outcome),
    )
  }

  /** The body is complete. */
  bodyEnd(): void {
    this.hold.complete = true
    if (!this.working && !this.over) this.end()
  }

  /** Nobody waits for the verdict any more. */
  cancel(): void {
    this.over = true
  }

  private headPassed(): void {
    const { exchange } = this.options
    if (!hasBody(exchange.head)) {
      this.end()
      return
    }
    const held = this.hold.join()
    if (held !== null) {
      this.call(
        (inspection) => inspection.requestBody(held.subarray(0, this.options.bodyLimit)),
        (outcome) => this.piecePassed(outcome),
      )
      return
    }
    exchange.sendContinue()
    this.options.owner.awaitBody()
  }

  private piecePassed(outcome: Outcome): void {
    const full = this.hold.bytes >= this.options.bodyLimit
    if (this.hold.complete || full || outcome.kind === 'pass') this.end()
    else this.options.owner.awaitBody()
  }

  private end(): void {
    this.call(
      (inspection) => inspection.requestEnd(),
      () => {
        this.over = true
        this.options.owner.requestPassed()
      },
    )
  }

  private call(work: (inspection: Inspection) => Verdict, passed: (outcome: Outcome) => void): void {
    this.working = true
    this.options.run.step(work, (outcome) => {
      this.working = false
      if (this.over) return
      if (isStop(outcome)) {
        this.over = true
        this.options.owner.requestStopped(outcome)
      } else passed(outcome)
    })
  }
}
