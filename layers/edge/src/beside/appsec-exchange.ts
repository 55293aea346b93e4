import type { Buffer } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import type { Exchange, ExchangeListener, Peer } from '../http/exchange.ts'
import { refusals } from '../http/refusal.ts'
import type { Refusal } from '../http/refusal.ts'
import { hasBody } from '../http/request-head.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { ResponseHead } from '../http/response-head.ts'

/** How the body of a question is read. */
export interface AppsecBody {
  /** Largest body, bytes. */
  readonly bodySizeBytes: number
  readonly onLongBody: 'drop' | 'partial' | 'allow'
  /** Longest time of waiting for pieces, all together, milliseconds. */
  readonly bodyTimeoutMs: number
}

/** Hears the end of an asked request; one of the first three is called, once. */
export interface AppsecOutcome {
  answered(status: number): void
  broken(): void
  /** The body was refused, and that is recorded. */
  refused(): void
  /** Records a refusal after the pipeline was done already. */
  record(refusal: Refusal): void
}

/** What an exchange is made of. */
export interface AppsecParts {
  readonly head: RequestHead
  readonly peer: Peer
  readonly question: IncomingMessage
  readonly body: AppsecBody
  readonly outcome: AppsecOutcome
  readonly monotonicMs: () => number
}

/** A request that a bouncer asks about, as the pipeline sees it: head and body are there, its answer is the verdict. */
export class AppsecExchange implements Exchange {
  readonly head: RequestHead
  readonly peer: Peer
  listener: ExchangeListener
  private readonly parts: AppsecParts
  private over = false
  /** The whole body was read. */
  private whole = false
  private received = 0
  /** A verdict that waits until the length of the body is known. */
  private held: number | null = null
  private timer: NodeJS.Timeout | undefined
  private waitingSince = 0
  private leftMs: number

  constructor(parts: AppsecParts) {
    this.parts = parts
    this.head = parts.head
    this.peer = parts.peer
    this.leftMs = parts.body.bodyTimeoutMs
    this.listener = {
      requestBody: () => undefined,
      requestEnd: () => undefined,
      refused: () => ({ fields: '', body: '' }),
      aborted: () => undefined,
      drained: () => undefined,
    }
    if (!hasBody(parts.head)) return
    parts.question.pause()
    parts.question.on('data', (piece: Buffer) => this.take(piece))
    parts.question.on('end', () => this.complete())
  }

  resumeRequest(): void {
    if (this.over || this.whole || !hasBody(this.head) || this.timer !== undefined) return
    this.waitingSince = this.parts.monotonicMs()
    this.timer = setTimeout(() => this.refuse(refusals.EDGE_BODY_TIMEOUT), Math.max(1, this.leftMs))
    this.parts.question.resume()
  }

  pauseRequest(): void {
    if (this.over || this.timer === undefined) return
    this.stopClock()
    this.parts.question.pause()
  }

  sendContinue(): void {
    // Whoever asks was told already.
  }

  respond({ status }: ResponseHead): boolean {
    if (this.over || this.held !== null) return true
    const mayGrow = this.head.chunked && !this.whole
    if (mayGrow && status < 300 && this.parts.body.onLongBody === 'drop') {
      this.held = status
      this.resumeRequest()
    } else this.end(() => this.parts.outcome.answered(status))
    return true
  }

  write(): boolean {
    return true
  }

  switchProtocols(): void {
    this.destroy()
  }

  destroy(): void {
    this.end(() => this.parts.outcome.broken())
  }

  /** The bouncer does not wait for the verdict any more. */
  gone(): void {
    const waited = this.held === null
    this.end(() => {
      if (waited) this.listener.aborted()
    })
  }

  private take(piece: Buffer): void {
    if (this.over) return
    this.received += piece.length
    const { bodySizeBytes, onLongBody } = this.parts.body
    if (onLongBody === 'drop' && this.received > bodySizeBytes) this.refuse(refusals.EDGE_BODY_TOO_LARGE)
    else if (this.held === null) this.listener.requestBody(piece)
  }

  private complete(): void {
    const { held } = this
    this.whole = true
    this.stopClock()
    if (this.over) return
    if (held === null) this.listener.requestEnd()
    else this.end(() => this.parts.outcome.answered(held))
  }

  private refuse(refusal: Refusal): void {
    const { outcome } = this.parts
    const { held } = this
    this.end(() => {
      if (held === null) this.listener.refused(refusal)
      else outcome.record(refusal)
      outcome.refused()
    })
  }

  private end(act: () => void): void {
    if (this.over) return
    this.over = true
    this.stopClock()
    act()
    // What is left of the body is read and thrown away, so that the bouncer gets to reading its answer.
    this.parts.question.resume()
  }

  private stopClock(): void {
    if (this.timer === undefined) return
    clearTimeout(this.timer)
    this.timer = undefined
    this.leftMs -= this.parts.monotonicMs() - this.waitingSince
  }
}
