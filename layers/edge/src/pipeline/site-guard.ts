import type { TraceStep } from '@sevenfold/event'
import type { Peer } from '../http/exchange.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { Rest } from '../shed/load-gauge.ts'
import type { BodyHold } from './body-hold.ts'
import type { BlockRecord } from './request-record.ts'

/** Why a step refuses a request, or would. */
export type StepReport = Pick<BlockRecord, 'step' | 'rule' | 'message'>

/** What the steps between ban and inspection see of a request. */
export interface GuardedRequest {
  readonly id: string
  readonly head: RequestHead
  readonly clientAddress: string
  readonly peer: Peer
  /** True when a decision allows the client: that ends bans and challenges, and nothing else. */
  readonly allowed: boolean
  /** What was held back of the body after an outcome `body`; else null. */
  readonly held: BodyHold | null
  /** Reports what would have been refused; the request goes on. */
  wouldBlock(report: StepReport): void
  /** Goes on after an outcome `wait`. */
  continueJudgement(): void
}

/** An answer of a step in place of the service's. */
export interface GuardAnswer {
  readonly kind: 'answer'
  readonly status: number
  /** Header lines, each ended by CR LF. */
  readonly fields: string
  /** Null: the ordinary page of the status. */
  readonly body: string | null
  /** Why the request is refused; null for an answer that is no refusal. */
  readonly report: StepReport | null
  /** True: the connection ends after the answer. */
  readonly close?: boolean
}

/** What comes of judging a request as far as it is known. */
export type GuardOutcome =
  | { readonly kind: 'pass' }
  /** The verdict comes later: `continueJudgement` will be called. */
  | { readonly kind: 'wait' }
  /** The body is needed, up to `limit` bytes of it; `next` is called again when it is there. */
  | { readonly kind: 'body'; readonly limit: number }
  | GuardAnswer

/** The steps of one request. */
export interface GuardRun {
  /** Two upper-case letters of the client's country, or empty. */
  readonly country: string
  /** Number of the client's autonomous system, or 0. */
  readonly asn: number
  /** Judges on from where it stands. */
  next(): GuardOutcome
  /** The steps that were taken, in their order. Made on demand. */
  trace(): readonly TraceStep[]
  /** The header lines of the service's answer as the client gets them. */
  answerFields(status: number, fields: string): string
  /** The request waits for its client, or no longer. */
  rests(on: Rest): void
  /** The request is over. `steps`: work that the inspection took. Called once. */
  finished(status: number, steps: number): void
}

/** The steps between ban and inspection, of one site. */
export interface SiteGuard {
  open(request: GuardedRequest): GuardRun
}
