import { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'
import { AnswerWriter } from './answer-writer.ts'
import { ChunkedDecoder, chunkedIncomplete, chunkedRefused } from './chunked-decoder.ts'
import type { ConnectionHost, Served } from '../listen/served.ts'
import type { Exchange, ExchangeListener, Peer } from './exchange.ts'
import { HeadReader, headIncomplete, headRefused } from './head-reader.ts'
import { lingerBytes, lingerMs } from './limits.ts'
import type { HttpLimits } from './limits.ts'
import { parseRequestHead } from './parse-request-head.ts'
import { refusals } from './refusal.ts'
import type { Refusal } from './refusal.ts'
import { hasBody } from './request-head.ts'
import type { RequestHead } from './request-head.ts'
import type { ResponseHead } from './response-head.ts'
import { reasonPhrase } from './status-line.ts'

const phase = {
  /** Waiting for or reading a head. */
  head: 0,
  /** Reading a body. */
  body: 1,
  /** The request is complete; the answer is not. */
  answer: 2,
  /** Upgraded: bytes both ways. */
  tunnel: 3,
  /** Refused: the rest is thrown away so that the answer arrives. */
  linger: 4,
  closed: 5,
} as const

const never = Number.POSITIVE_INFINITY
const noListener: ExchangeListener = {
  requestBody: () => {},
  requestEnd: () => {},
  refused: () => ({ fields: '', body: '' }),
  aborted: () => {},
  drained: () => {},
}

/**
 * One client connection of the socket engine and, while a request runs, its exchange (HTTP/1.1 has one at a time;
 * pipelined requests wait). Every byte of the answer is framed here, so that no handler can desynchronise a client.
 */
export class ClientConnection implements Exchange, Served {
  readonly peer: Peer
  listener: ExchangeListener = noListener
  private readonly socket: Socket
  private readonly host: ConnectionHost
  private readonly reader: HeadReader
  private readonly writer: AnswerWriter
  private current: RequestHead | null = null
  private decoder: ChunkedDecoder | null = null
  private at: number = phase.head
  private deadline: number
  /** Bytes read but not yet worked on: pipelined requests, or a body nobody wants yet. */
  private rest: Buffer | null = null
  private feeding = false
  private flowing = false
  private served = 0
  private idleSince: number
  private bodyLeft = 0
  private bodyTaken = 0
  private bodySince = 0
  private pausedAt = 0
  private responded = false

  constructor(socket: Socket, peer: Peer, host: ConnectionHost) {
    this.socket = socket
    this.peer = peer
    this.host = host
    this.reader = new HeadReader(host.limits.headerSizeBytes)
    this.writer = new AnswerWriter(socket, this.onDrained)
    this.deadline = host.now + host.limits.headerTimeoutMs
    this.idleSince = host.now
    socket.on('data', this.onData)
    socket.on('end', this.onEnd)
    socket.on('error', this.onClose)
    socket.on('close', this.onClose)
  }

  /** The head of the running request. */
  get head(): RequestHead {
    if (this.current === null) throw new Error('no request is running')
    return this.current
  }

  resumeRequest(): void {
    this.flowing = true
    // Time in which we did not read is not the client's.
    if (this.at === phase.body) this.bodySince += this.host.now - this.pausedAt
    this.pausedAt = this.host.now
    if (!this.feeding && (this.at === phase.body || this.at === phase.tunnel)) this.feedRest()
  }

  pauseRequest(): void {
    if (this.flowing) this.pausedAt = this.host.now
    this.flowing = false
    if (!this.feeding && this.wantsNothing()) this.socket.pause()
  }

  sendContinue(): void {
    if (this.current?.expectContinue === true && !this.responded) {
      this.socket.write('HTTP/1.1 100 Continue\r\n\r\n', 'latin1')
    }
  }

  respond(head: ResponseHead, piece: Buffer | null, ended: boolean): boolean {
    const request = this.current
    if (request === null || this.responded || this.at === phase.closed) return true
    this.responded = true
    const { writer, host } = this
    const mayKeepAlive =
      request.keepAlive && head.close !== true && this.at === phase.answer && this.mayServeMore()
    const text = writer.begin(head, request, mayKeepAlive)
    if (!writer.bodyless) return this.sendPiece(text, piece, ended)
    writer.send(text, null, '', host.now)
    this.finish()
    return true
  }

  write(piece: Buffer | null, ended: boolean): boolean {
    if (this.at === phase.tunnel) return this.writeTunnel(piece, ended)
    if (!this.responded || this.current === null) return true
    return this.sendPiece('', piece, ended)
  }

  switchProtocols(fields: string): void {
    if (this.at !== phase.answer || this.responded) return
    this.responded = true
    this.at = phase.tunnel
    this.flowing = true
    this.deadline = this.host.now + this.host.limits.upgradeIdleTimeoutMs
    this.writer.send(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${fields}\r\n`,
      null,
      '',
      this.host.now,
    )
    if (!this.feeding) this.feedRest()
  }

  destroy(): void {
    this.at = phase.closed
    this.listener = noListener
    this.socket.destroy()
  }

  endIdle(idleMs: number): void {
    if (this.at !== phase.head || this.reader.started) return
    if (this.host.now - this.idleSince >= idleMs) this.socket.end()
  }

  sweep(): void {
    const { now, limits } = this.host
    if (this.writer.isSlow(now, limits.responseTimeoutMs)) {
      this.socket.destroy()
      return
    }
    if (this.at === phase.body && this.bodyIsSlow(now, limits)) this.refuse(refusals.EDGE_BODY_TIMEOUT)
    if (now < this.deadline || (this.at === phase.linger && this.writer.waiting)) return
    if (this.at === phase.head && this.reader.started) this.refuse(refusals.EDGE_HEADER_TIMEOUT)
    else if (this.at === phase.body) this.refuse(refusals.EDGE_BODY_TIMEOUT)
    else this.socket.destroy()
  }

  // ---- reading ----

  private readonly onData = (chunk: Buffer): void => {
    if (this.rest !== null) {
      this.hold(Buffer.concat([this.rest, chunk]))
      return
    }
    if (this.served > 0) this.feed(chunk)
    else this.enter(chunk)
  }

  /** The first request, which may have to wait for those of other new connections. */
  private enter(chunk: Buffer): void {
    this.rest = chunk
    const isFed = this.host.newcomers.enter(() => {
      if (this.rest !== null) this.feedRest()
    })
    if (!isFed) this.socket.pause()
  }

  private feed(chunk: Buffer): void {
    this.feeding = true
    let i = 0
    while (i < chunk.length) {
      // An answer that still waits for the client holds back the next request: pipelining must not fill our memory.
      if (this.at === phase.head && !this.writer.waiting) i = this.readHead(chunk, i)
      else if (this.at === phase.body && this.flowing) i = this.readBody(chunk, i)
      else if (this.at === phase.tunnel && this.flowing) i = this.readTunnel(chunk, i)
      else if (this.at === phase.linger) i = this.discard(chunk)
      else if (this.at === phase.closed) break
      else {
        this.hold(chunk.subarray(i))
        break
      }
    }
    this.feeding = false
    if (this.wantsNothing() && this.rest === null) this.socket.pause()
  }

  /** True while the listener takes nothing of a body or a tunnel. */
  private wantsNothing(): boolean {
    return !this.flowing && (this.at === phase.body || this.at === phase.tunnel)
  }

  /** Keeps what cannot be worked on yet and stops reading: the kernel's buffer pushes back on the client. */
  private hold(bytes: Buffer): void {
    this.rest = bytes
    this.socket.pause()
  }

  private feedRest(): void {
    const rest = this.rest
    this.rest = null
    if (this.socket.isPaused()) this.socket.resume()
    if (rest !== null) this.feed(rest)
  }

  private readHead(chunk: Buffer, start: number): number {
    const { host, reader } = this
    if (!reader.started && this.served > 0) this.deadline = host.now + host.limits.headerTimeoutMs
    const end = reader.push(chunk, start)
    if (end === headIncomplete) return chunk.length
    if (end === headRefused) {
      this.refuse(reader.refusal)
      return chunk.length
    }
    const head = parseRequestHead(reader.text, host.limits)
    if ('refused' in head) {
      this.refuse(reader.explain(head))
      return chunk.length
    }
    this.begin(head)
    return end
  }

  private begin(head: RequestHead): void {
    this.current = head
    this.responded = false
    this.served += 1
    if (hasBody(head)) {
      this.at = phase.body
      this.flowing = false
      this.bodyLeft = head.contentLength
      this.bodyTaken = 0
      this.bodySince = this.host.now
      this.pausedAt = this.host.now
      this.decoder = head.chunked ? new ChunkedDecoder(this.host.limits.bodySizeBytes, false) : null
      this.deadline = this.host.now + this.host.limits.bodyTimeoutMs
    } else {
      this.at = phase.answer
      this.deadline = never
    }
    this.host.handler.request(this)
  }

  private readBody(chunk: Buffer, start: number): number {
    this.deadline = this.host.now + this.host.limits.bodyTimeoutMs
    this.bodyTaken += chunk.length - start
    if (this.decoder !== null) return this.readChunked(this.decoder, chunk, start)
    const end = Math.min(chunk.length, start + this.bodyLeft)
    this.bodyLeft -= end - start
    const last = this.bodyLeft === 0
    if (last) this.requestComplete()
    this.listener.requestBody(start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end))
    if (last) this.listener.requestEnd()
    return end
  }

  private readChunked(decoder: ChunkedDecoder, chunk: Buffer, start: number): number {
    const pieces: Buffer[] = []
    const end = decoder.push(chunk, start, (piece) => pieces.push(piece))
    if (end === chunkedRefused) {
      this.refuse(decoder.refusal)
      return chunk.length
    }
    const last = end !== chunkedIncomplete
    if (last) {
      this.decoder = null
      this.requestComplete()
    }
    // One call for all chunks that came together: the listener may pause after each call, not within one.
    const [only] = pieces
    if (only !== undefined) this.listener.requestBody(pieces.length === 1 ? only : Buffer.concat(pieces))
    if (last) this.listener.requestEnd()
    return last ? end : chunk.length
  }

  private requestComplete(): void {
    this.at = phase.answer
    this.deadline = never
  }

  private readTunnel(chunk: Buffer, start: number): number {
    this.deadline = this.host.now + this.host.limits.upgradeIdleTimeoutMs
    this.listener.requestBody(start === 0 ? chunk : chunk.subarray(start))
    return chunk.length
  }

  private discard(chunk: Buffer): number {
    this.bodyTaken += chunk.length
    if (this.bodyTaken > lingerBytes) this.socket.destroy()
    return chunk.length
  }

  // ---- answering ----

  private mayServeMore(): boolean {
    return !this.host.closing && this.served < this.host.limits.requestsPerConnection
  }

  private sendPiece(prefix: string, piece: Buffer | null, ended: boolean): boolean {
    const { writer } = this
    const drained = writer.sendPiece(prefix, piece, ended, this.host.now)
    if (writer.broken) this.destroy()
    else if (ended) this.finish()
    return drained
  }

  private readonly onDrained = (): void => {
    this.writer.takenAt = this.host.now
    if (this.at === phase.linger) this.deadline = this.host.now + lingerMs
    this.listener.drained()
    if (this.at === phase.head && this.rest !== null && !this.feeding) this.feedRest()
  }

  private finish(): void {
    const unread = this.at === phase.body
    this.current = null
    this.decoder = null
    this.listener = noListener
    if (unread) {
      this.startLinger()
      return
    }
    if (!this.writer.keepAlive || this.host.closing) {
      this.at = phase.linger
      this.bodyTaken = 0
      // While bytes wait for the client its reading is watched instead.
      this.deadline = this.host.now + lingerMs
      this.socket.end()
      if (this.rest !== null) this.feedRest()
      return
    }
    this.at = phase.head
    this.idleSince = this.host.now
    this.deadline = this.host.now + this.host.limits.keepAliveTimeoutMs
    if (this.rest !== null && !this.feeding) this.feedRest()
  }

  private startLinger(): void {
    this.at = phase.linger
    this.bodyTaken = 0
    this.deadline = this.host.now + lingerMs
    this.socket.end()
    this.rest = null
    this.socket.resume()
  }

  private writeTunnel(piece: Buffer | null, ended: boolean): boolean {
    const drained = this.writer.send('', piece, '', this.host.now)
    if (ended) {
      this.writer.keepAlive = false
      this.finish()
    }
    return drained
  }

  // ---- ending ----

  private refuse(refusal: Refusal): void {
    const { listener, responded, host } = this
    const answer =
      this.current === null ? host.handler.refused(this.peer, refusal) : listener.refused(refusal)
    this.current = null
    this.decoder = null
    this.listener = noListener
    if (responded) {
      this.destroy()
      return
    }
    const length = Buffer.byteLength(answer.body)
    const status = `HTTP/1.1 ${refusal.status} ${reasonPhrase(refusal.status)}`
    const framing = `Content-Length: ${length}\r\nConnection: close`
    this.socket.write(`${status}\r\n${answer.fields}${framing}\r\n\r\n${answer.body}`, 'utf8')
    this.startLinger()
  }

  private readonly onEnd = (): void => {
    if (this.at === phase.head || this.at === phase.linger) {
      // Ending twice makes an error with a stack that nobody sees, thousands of times when slow clients are turned away.
      if (!this.socket.writableEnded) this.socket.end()
      return
    }
    // A half-closed client cannot be told from one that is gone; as nginx does, it counts as gone.
    this.socket.destroy()
  }

  private readonly onClose = (): void => {
    this.at = phase.closed
    this.socket.destroy()
    const { listener } = this
    this.listener = noListener
    this.current = null
    this.rest = null
    listener.aborted()
  }

  // ---- slow clients ----

  private bodyIsSlow(now: number, limits: HttpLimits): boolean {
    if (!this.flowing) {
      // Our side is the slow one; the client's time starts anew when reading goes on.
      this.deadline = now + limits.bodyTimeoutMs
      return false
    }
    const elapsed = now - this.bodySince
    return elapsed > limits.bodyTimeoutMs && this.bodyTaken < (limits.bodyMinimumRateBytes * elapsed) / 1000
  }
}
