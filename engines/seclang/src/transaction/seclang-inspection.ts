import { Buffer } from 'node:buffer'

import type { Inspection, MatchReport, RawRequestHead, RawResponseHead, Verdict } from '@sevenfold/event'

import { leadingNumber } from '../compile/compile-operator.ts'
import { runPhase } from './phase-run.ts'
import type { PhaseRun } from './phase-run.ts'
import { readRequestHead, readResponseHead } from './read-head.ts'
import type { Transaction } from './transaction.ts'

/** How much work one transaction may cost. */
export interface WorkLimits {
  /** Steps until `yield`, per call. */
  readonly sliceSteps: number
  /** Steps until `exhausted`, per transaction. */
  readonly totalSteps: number
}

/** Status of a request whose body is over its limit (RFC 9110, 15.5.14). */
const contentTooLarge = 413
/** Status of a response whose body is over its limit. */
const badGateway = 502

const pass: Verdict = { kind: 'pass' }
const more: Verdict = { kind: 'more' }

/** One transaction behind the contract of the edge. */
export class SeclangInspection implements Inspection {
  readonly transaction: Transaction
  readonly #limits: WorkLimits
  /** Body so far, one character a byte. */
  readonly #chunks: string[] = []
  #buffered = 0
  #run: PhaseRun | null = null
  /** Verdict of a phase that ends without an interruption. */
  #after: Verdict = pass
  #final: Verdict | null = null
  #isLogged = false

  constructor(transaction: Transaction, limits: WorkLimits) {
    this.transaction = transaction
    this.#limits = limits
  }

  requestHead(head: RawRequestHead): Verdict {
    readRequestHead(this.transaction, head)
    return this.#start(1, more)
  }

  requestBody(chunk: Uint8Array): Verdict {
    const { transaction: tx } = this
    if (this.#final !== null) return this.#final
    if (tx.engine === 'off' || !tx.requestBodyAccess) return pass
    if (this.#append(chunk, tx.requestBodyLimit)) return more
    tx.inboundDataError = true
    const { settings, dialect } = tx.ruleSet
    const rejects =
      (settings.requestBodyLimitAction ?? (dialect === 'crs' ? 'reject' : 'process-partial')) === 'reject'
    return rejects ? this.#overLimit(contentTooLarge) : more
  }

  requestEnd(): Verdict {
    const { transaction: tx } = this
    if (this.#final !== null) return this.#final
    if (tx.engine !== 'off' && tx.requestBodyAccess) {
      tx.requestBodyText = this.#takeBuffered()
      return this.#start(2, pass, 'unread')
    }
    return this.#start(2, pass)
  }

  responseHead(head: RawResponseHead): Verdict {
    if (this.#final !== null) return this.#final
    readResponseHead(this.transaction, head)
    return this.#start(3, more)
  }

  responseBody(chunk: Uint8Array): Verdict {
    const { transaction: tx } = this
    if (this.#final !== null) return this.#final
    if (!this.#wantsResponseBody()) return pass
    if (this.#append(chunk, tx.responseBodyLimit)) return more
    tx.outboundDataError = true
    const rejects = tx.ruleSet.settings.responseBodyLimitAction === 'reject'
    return rejects ? this.#overLimit(badGateway) : more
  }

  responseEnd(): Verdict {
    const { transaction: tx } = this
    if (this.#final !== null) return this.#final
    if (this.#wantsResponseBody()) tx.responseBodyText = this.#takeBuffered()
    const verdict = this.#start(4, pass)
    if (verdict.kind === 'pass') this.#log()
    return verdict
  }

  resume(stepBudget: number): Verdict {
    if (this.#run === null) return this.#final ?? this.#after
    const wasLast = this.#run.phase === 4
    const verdict = this.#advance(this.#run, stepBudget)
    if (wasLast && verdict.kind === 'pass') this.#log()
    return verdict
  }

  report(): MatchReport {
    const { matches, steps, interruption, tx } = this.transaction
    return {
      matches,
      score: score(tx.get('blocking_inbound_anomaly_score') ?? tx.get('anomaly_score')),
      outboundScore: score(tx.get('blocking_outbound_anomaly_score') ?? tx.get('outbound_anomaly_score')),
      steps,
      interruption: this.#final?.kind === 'exhausted' ? this.#final : interruption,
    }
  }

  close(): void {
    this.#log()
    this.#chunks.length = 0
  }

  #start(phase: number, after: Verdict, stage?: 'unread'): Verdict {
    if (this.#final !== null) return this.#final
    this.#after = phase === 3 && !this.#wantsResponseBody() ? pass : after
    const run: PhaseRun = stage === undefined ? { phase, position: 0 } : { phase, position: 0, stage }
    return this.#advance(run, this.#limits.sliceSteps)
  }

  #advance(run: PhaseRun, stepBudget: number): Verdict {
    const { transaction: tx } = this
    this.#run = run
    const slice = tx.steps + stepBudget
    switch (runPhase(tx, run, { slice, total: this.#limits.totalSteps })) {
      case 'yield':
        return { kind: 'yield' }
      case 'exhausted':
        return this.#end({ kind: 'exhausted' })
      case 'interrupted':
        return this.#end(tx.interruption ?? { kind: 'drop' })
      case 'done':
        this.#run = null
        if (run.phase === 1 && !this.#wantsRequestBody()) this.#after = pass
        return this.#after
    }
  }

  #end(verdict: Verdict): Verdict {
    this.#run = null
    this.#final = verdict
    // Rules of phase 5 see the status that the client gets.
    if ('status' in verdict) this.transaction.responseStatus = verdict.status
    this.#log()
    return verdict
  }

  /** Phase 5, once; its work is not charged: it must not be cut off by what was spent before. */
  #log(): void {
    if (this.#isLogged) return
    this.#isLogged = true
    runPhase(this.transaction, { phase: 5, position: 0 }, { slice: Infinity, total: Infinity })
  }

  #wantsRequestBody(): boolean {
    return this.transaction.engine !== 'off' && this.transaction.requestBodyAccess
  }

  #wantsResponseBody(): boolean {
    const { transaction: tx } = this
    const types = tx.ruleSet.settings.responseBodyMimeTypes
    if (tx.engine === 'off' || !tx.responseBodyAccess) return false
    return types === null || types.has(tx.responseContentType.toLowerCase())
  }

  /** Buffers a chunk up to a limit; false when it did not fit. */
  #append(chunk: Uint8Array, limit: number): boolean {
    const room = limit - this.#buffered
    const taken = chunk.length > room ? chunk.subarray(0, Math.max(0, room)) : chunk
    // Copied, as text at once: the caller may use its buffer again.
    if (taken.length > 0) this.#chunks.push(byteText(taken))
    this.#buffered += taken.length
    return taken.length === chunk.length
  }

  #takeBuffered(): string {
    const [only = ''] = this.#chunks
    const whole = this.#chunks.length <= 1 ? only : this.#chunks.join('')
    this.#chunks.length = 0
    this.#buffered = 0
    return whole
  }

  #overLimit(status: number): Verdict {
    const { transaction: tx } = this
    tx.interruption ??= { kind: 'deny', status }
    return tx.engine === 'on' ? this.#end({ kind: 'deny', status }) : more
  }
}

function byteText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

function score(value: string | number | undefined): number {
  return typeof value === 'number' ? value : leadingNumber(value ?? '0')
}
