import type { Buffer } from 'node:buffer'
import type { Exchange, ExchangeListener, Peer } from '../http/exchange.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { ResponseHead } from '../http/response-head.ts'

/** Sends the verdict on an asked request. */
export type VerdictWriter = (head: ResponseHead, body: Buffer | null) => void

/**
 * A request that another proxy asks about, as the pipeline sees it: it has the head and the client of the original,
 * no body, and its answer is the verdict.
 */
export class AskedExchange implements Exchange {
  readonly head: RequestHead
  readonly peer: Peer
  listener: ExchangeListener
  private readonly verdict: VerdictWriter
  private readonly broken: () => void
  private over = false

  constructor(
    head: RequestHead,
    peer: Peer,
    answer: { readonly verdict: VerdictWriter; readonly broken: () => void },
  ) {
    this.head = head
    this.peer = peer
    this.verdict = answer.verdict
    this.broken = answer.broken
    this.listener = {
      requestBody: () => undefined,
      requestEnd: () => undefined,
      refused: () => ({ fields: '', body: '' }),
      aborted: () => undefined,
      drained: () => undefined,
    }
  }

  resumeRequest(): void {
    // There is no body.
  }

  pauseRequest(): void {
    // There is no body.
  }

  sendContinue(): void {
    // There is no body to wait for.
  }

  respond(head: ResponseHead, piece: Buffer | null): boolean {
    if (this.over) return true
    this.over = true
    this.verdict(head, piece)
    return true
  }

  write(): boolean {
    return true
  }

  switchProtocols(): void {
    this.destroy()
  }

  destroy(): void {
    if (this.over) return
    this.over = true
    this.broken()
  }

  /** The proxy does not wait for the verdict any more. */
  gone(): void {
    if (this.over) return
    this.over = true
    this.listener.aborted()
  }
}
