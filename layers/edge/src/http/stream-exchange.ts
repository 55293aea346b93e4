import { Buffer } from 'node:buffer'
import type { Readable, Writable } from 'node:stream'
import type { ConnectionHost } from '../listen/served.ts'
import type { Exchange, ExchangeListener, Peer, RefusalAnswer } from './exchange.ts'
import { refusals } from './refusal.ts'
import type { Refusal } from './refusal.ts'
import { hasBody } from './request-head.ts'
import type { RequestHead } from './request-head.ts'
import { isBodyless, plainHead } from './response-head.ts'
import type { ResponseHead } from './response-head.ts'
import { reasonPhrase } from './status-line.ts'

/** A listener that hears nothing: before the handler set its own, and after the end. */
export const deafListener: ExchangeListener = {
  requestBody: () => undefined,
  requestEnd: () => undefined,
  refused: (): RefusalAnswer => ({ fields: '', body: '' }),
  aborted: () => undefined,
  drained: () => undefined,
}

/** What an exchange on Node's streams is made of. */
export interface StreamExchangeOptions {
  readonly head: RequestHead
  readonly peer: Peer
  readonly host: ConnectionHost
  readonly input: Readable
  readonly output: Writable
  /** Hears the length of each piece of a body. */
  readonly onPiece?: (bytes: number) => void
}

/**
 * An exchange whose two sides are Node streams: a request of HTTP/2, or one of node:http. Sizes, times and lengths are
 * watched here as the socket engine watches its own.
 */
export abstract class StreamExchange implements Exchange {
  readonly head: RequestHead
  readonly peer: Peer
  listener: ExchangeListener = deafListener
  protected readonly host: ConnectionHost
  protected over = false
  protected responded = false
  /** Bytes that come are no body: `bodySize` does not hold. */
  protected unbounded = false
  /** When the last piece came, milliseconds. */
  protected lastPiece: number
  private readonly input: Readable
  private readonly output: Writable
  private readonly onPiece: ((bytes: number) => void) | undefined
  private reading = false
  private bodyOver: boolean
  private bodyTaken = 0
  private bodySince: number
  private pausedAt: number
  /** True when the answer declared its length. */
  private counted = false
  /** Bytes of the declared length that are still to come. */
  private left = 0
  private bodyless = false
  private waitingSince = -1

  constructor(options: StreamExchangeOptions) {
    this.head = options.head
    this.peer = options.peer
    this.host = options.host
    this.input = options.input
    this.output = options.output
    this.onPiece = options.onPiece
    this.bodyOver = !hasBody(options.head)
    this.bodySince = options.host.now
    this.lastPiece = options.host.now
    this.pausedAt = options.host.now
    this.input.pause()
    this.input.on('data', this.onData)
    this.input.on('end', this.onEnd)
    this.input.pause()
    this.output.on('drain', this.onDrain)
  }

  /** Sends the head of the answer; `ended` when nothing follows it. */
  protected abstract begin(head: ResponseHead, bodyless: boolean, ended: boolean): void
  /** Ends the connection, or the stream, without a (further) answer. */
  protected abstract breakOff(): void
  /** The answer is complete; `unread`: the request is not. */
  protected abstract complete(unread: boolean): void
  abstract sendContinue(): void
  abstract switchProtocols(fields: string): void

  resumeRequest(): void {
    if (this.bodyOver || this.over) return
    const away = this.host.now - this.pausedAt
    if (!this.reading) this.bodySince += away
    this.lastPiece = this.host.now
    this.reading = true
    this.input.resume()
  }

  pauseRequest(): void {
    if (this.reading) this.pausedAt = this.host.now
    this.reading = false
    this.input.pause()
  }

  respond(head: ResponseHead, piece: Buffer | null, ended: boolean): boolean {
    if (this.responded || this.over) return true
    this.responded = true
    this.bodyless = isBodyless(this.head.method, head.status)
    this.counted = !this.bodyless && head.contentLength >= 0
    this.left = head.contentLength
    const empty = this.bodyless || (ended && piece === null)
    this.begin(head, this.bodyless, empty)
    if (this.bodyless) {
      this.finish()
      return true
    }
    return this.write(piece, ended)
  }

  write(piece: Buffer | null, ended: boolean): boolean {
    if (!this.responded || this.over) return true
    if (this.counted) {
      this.left -= piece === null ? 0 : piece.length
      // Longer or shorter than declared: only the end of the stream tells the client.
      if (this.left < 0 || (ended && this.left > 0)) {
        this.breakOff()
        this.gone()
        return true
      }
    }
    // The stream keeps the bytes beyond this call, the caller reuses its buffer.
    const drained = piece === null || piece.length === 0 || this.output.write(Buffer.from(piece))
    if (ended) this.finish()
    else if (!drained && this.waitingSince < 0) this.waitingSince = this.host.now
    return drained || ended
  }

  destroy(): void {
    if (this.over) return
    this.over = true
    this.listener = deafListener
    this.breakOff()
  }

  /** The client left. */
  gone(): void {
    if (this.over) return
    this.over = true
    const { listener } = this
    this.listener = deafListener
    listener.aborted()
  }

  /** Looks at the deadlines of body and answer. */
  sweep(): void {
    if (this.over) return
    const { now, limits } = this.host
    if (this.waitingSince >= 0 && now - this.waitingSince > limits.responseTimeoutMs) {
      this.breakOff()
      this.gone()
    } else if (!this.bodyOver && this.reading && this.isSlow()) this.refuse(refusals.EDGE_BODY_TIMEOUT)
  }

  /** Answers a message whose rest is refused. */
  protected refuse(refusal: Refusal): void {
    if (this.over) return
    const answer = this.listener.refused(refusal)
    this.listener = deafListener
    if (this.responded) {
      this.destroy()
      return
    }
    const body = Buffer.from(answer.body)
    const head = plainHead(refusal.status, reasonPhrase(refusal.status), answer.fields, body.length)
    this.respond({ ...head, close: true }, body, true)
  }

  private isSlow(): boolean {
    const { now, limits } = this.host
    const elapsed = now - this.bodySince
    if (now - this.lastPiece > limits.bodyTimeoutMs) return true
    return elapsed > limits.bodyTimeoutMs && this.bodyTaken < (limits.bodyMinimumRateBytes * elapsed) / 1000
  }

  private finish(): void {
    if (this.over) return
    this.over = true
    this.listener = deafListener
    this.output.end()
    this.complete(!this.bodyOver)
  }

  private readonly onData = (piece: Buffer): void => {
    if (this.over) return
    this.onPiece?.(piece.length)
    this.lastPiece = this.host.now
    this.bodyTaken += piece.length
    if (!this.unbounded && this.bodyTaken > this.host.limits.bodySizeBytes)
      this.refuse(refusals.EDGE_BODY_TOO_LARGE)
    else this.listener.requestBody(piece)
  }

  private readonly onEnd = (): void => {
    if (this.over || this.bodyOver) return
    this.bodyOver = true
    this.listener.requestEnd()
  }

  private readonly onDrain = (): void => {
    this.waitingSince = -1
    if (!this.over) this.listener.drained()
  }
}
