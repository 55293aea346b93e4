import { Buffer } from 'node:buffer'
import type { Inspection, Verdict } from '@sevenfold/event'
import { listHeaders } from '../http/header-list.ts'
import type { UpstreamHead } from '../http/response-head.ts'
import { BodyHold } from './body-hold.ts'
import type { InspectionRun, Outcome } from './inspection-run.ts'
import { isStop } from './request-inspection.ts'
import type { Stop } from './request-inspection.ts'

/** Who hears the end of the inspection of an answer. */
export interface AnswerInspectionOwner {
  /** The answer may go out: head, what was held, and whether that is all. */
  answerPassed(inspection: AnswerInspection): void
  answerStopped(stop: Stop): void
  /** More of the answer is wanted. */
  answerWanted(): void
}

/** What an inspection of an answer works on. */
export interface AnswerInspectionOptions {
  readonly run: InspectionRun
  readonly head: UpstreamHead
  readonly owner: AnswerInspectionOwner
  readonly bodyLimit: number
}

/** Takes one answer through phases 3 and 4; it is held back until they are through or the engine wants no more. */
export class AnswerInspection {
  readonly head: UpstreamHead
  readonly hold: BodyHold = new BodyHold()
  private readonly options: AnswerInspectionOptions
  private readonly unseen: Buffer[] = []
  private headSeen = false
  private working = false
  private wanting = false
  private over = false

  constructor(options: AnswerInspectionOptions) {
    this.options = options
    this.head = options.head
  }

  /**
   * Takes the next piece; it lies in a receive buffer that is filled again, so it is copied.
   * @returns true when the next piece may come at once.
   */
  add(piece: Buffer | null, ended: boolean): boolean {
    if (piece !== null) {
      const copy = Buffer.from(piece)
      this.hold.add(copy)
      this.unseen.push(copy)
    }
    this.hold.complete ||= ended
    this.wanting = false
    if (!this.working) this.advance()
    return this.over || this.wanting
  }

  /** Nobody waits for the verdict any more. */
  cancel(): void {
    this.over = true
  }

  private advance(): void {
    if (!this.headSeen) {
      this.headSeen = true
      this.call(
        (inspection) => inspection.responseHead(this.rawHead()),
        (outcome) => this.passed(outcome),
      )
      return
    }
    const piece = this.unseen.shift()
    if (piece !== undefined) {
      this.call(
        (inspection) => inspection.responseBody(piece),
        (outcome) => this.passed(outcome),
      )
    } else if (this.hold.complete || this.hold.bytes >= this.options.bodyLimit) {
      this.call(
        (inspection) => inspection.responseEnd(),
        () => this.release(),
      )
    } else {
      this.wanting = true
      this.options.owner.answerWanted()
    }
  }

  private passed(outcome: Outcome): void {
    if (outcome.kind === 'pass') this.release()
    else this.advance()
  }

  private release(): void {
    this.over = true
    this.options.owner.answerPassed(this)
  }

  private rawHead() {
    const { head } = this
    return {
      kind: 'response',
      status: head.status,
      reason: head.reason,
      version: head.minorVersion === 1 ? '1.1' : '1.0',
      headers: listHeaders(head.text),
    } as const
  }

  private call(work: (inspection: Inspection) => Verdict, passed: (outcome: Outcome) => void): void {
    this.working = true
    this.options.run.step(work, (outcome) => {
      this.working = false
      if (this.over) return
      if (isStop(outcome)) {
        this.over = true
        this.options.owner.answerStopped(outcome)
      } else passed(outcome)
    })
  }
}
