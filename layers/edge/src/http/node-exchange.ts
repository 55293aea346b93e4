import type { Buffer } from 'node:buffer'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { AnswerWriter } from './answer-writer.ts'
import { parseHeaderFields } from './header-fields.ts'
import { hasBody } from './request-head.ts'
import type { ResponseHead } from './response-head.ts'
import { StreamExchange } from './stream-exchange.ts'
import type { StreamExchangeOptions } from './stream-exchange.ts'

type Options = Omit<StreamExchangeOptions, 'input' | 'output'>

/** One request of node:http and its answer. */
export class NodeExchange extends StreamExchange {
  private readonly request: IncomingMessage
  private readonly response: ServerResponse
  /** The connection ends after this answer. */
  private readonly last: () => boolean

  constructor(request: IncomingMessage, response: ServerResponse, options: Options, last: () => boolean) {
    super({ ...options, input: request, output: response })
    this.request = request
    this.response = response
    this.last = last
  }

  get running(): boolean {
    return !this.over
  }

  sendContinue(): void {
    if (this.head.expectContinue && !this.responded) this.response.writeContinue()
  }

  switchProtocols(): void {
    // Upgrades come as an exchange of their own.
    this.destroy()
  }

  protected begin(head: ResponseHead, bodyless: boolean): void {
    const { response } = this
    const unread = hasBody(this.head) && !this.request.complete
    const close = head.close === true || !this.head.keepAlive || this.last() || unread
    const lines = parseHeaderFields(head.fields)
    if (head.contentLength >= 0 && head.status !== 204)
      lines.push('Content-Length', String(head.contentLength))
    else if (!bodyless && this.head.minorVersion === 1) lines.push('Transfer-Encoding', 'chunked')
    if (close) lines.push('Connection', 'close')
    // Without a header Node would add one; HTTP/1.1 keeps a connection without a word.
    else response.removeHeader('connection')
    response.sendDate = false
    response.shouldKeepAlive = !close
    response.writeHead(head.status, head.reason, lines)
  }

  protected breakOff(): void {
    this.request.socket.destroy()
  }

  protected complete(unread: boolean): void {
    // The rest of the request is thrown away, so that the answer arrives.
    if (unread) this.request.resume()
  }
}

/** A request for an upgrade: Node hands its connection over, and from then on it is written to as it is. */
export class NodeUpgradeExchange extends StreamExchange {
  private readonly socket: Socket
  private readonly writer: AnswerWriter
  private tunnel = false
  private waits = false

  constructor(socket: Socket, options: Options) {
    super({ ...options, input: socket, output: socket })
    this.socket = socket
    this.unbounded = true
    this.writer = new AnswerWriter(socket, () => this.drainedNow())
  }

  sendContinue(): void {
    // An upgrade has no body.
  }

  switchProtocols(fields: string): void {
    if (this.responded || this.over) return
    this.responded = true
    this.tunnel = true
    const head = `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${fields}\r\n`
    this.writer.send(head, null, '', this.host.now)
    this.socket.resume()
  }

  override respond(head: ResponseHead, piece: Buffer | null, ended: boolean): boolean {
    if (this.responded || this.over) return true
    this.responded = true
    const text = this.writer.begin(head, this.head, false)
    const drained = this.writer.sendPiece(text, piece, ended, this.host.now)
    if (ended) this.end()
    return drained
  }

  override write(piece: Buffer | null, ended: boolean): boolean {
    if (!this.responded || this.over) return true
    const drained = this.tunnel
      ? this.writer.send('', piece, '', this.host.now)
      : this.writer.sendPiece('', piece, ended, this.host.now)
    this.waits = !drained
    if (ended) this.end()
    return drained
  }

  override resumeRequest(): void {
    this.socket.resume()
  }

  protected begin(): void {
    // Heads are written by `respond`.
  }

  protected breakOff(): void {
    this.socket.destroy()
  }

  protected complete(): void {
    // Nothing is left to read.
  }

  private end(): void {
    this.over = true
    this.socket.end()
  }

  private drainedNow(): void {
    this.writer.takenAt = this.host.now
    if (!this.waits || this.over) return
    this.waits = false
    this.listener.drained()
  }
}
