import { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'
import { ChunkedDecoder, chunkedIncomplete, chunkedRefused } from './chunked-decoder.ts'
import type { Exchange, ExchangeListener, Peer, RequestHandler } from './exchange.ts'
import { HeadReader, headIncomplete, headRefused } from './head-reader.ts'
import { lingerBytes, lingerMs, sendMinimumRate } from './limits.ts'
import type { HttpLimits } from './limits.ts'
import { parseRequestHead } from './parse-request-head.ts'
import { pendingBytes } from './pending-bytes.ts'
import { refusals } from './refusal.ts'
import type { Refusal } from './refusal.ts'
import { hasBody } from './request-head.ts'
import type { RequestHead } from './request-head.ts'
import { isBodyless } from './response-head.ts'
import type { ResponseHead } from './response-head.ts'
import { reasonPhrase } from './status-line.ts'

/** What a connection shares with its engine. */
export interface ConnectionHost {
  readonly limits: HttpLimits
  readonly handler: RequestHandler
  /** Coarse monotonic milliseconds, as of the last sweep. */
  now: number
  /** True once the engine drains: no connection is kept open after its answer. */
  closing: boolean
}

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
/** Pieces up to this size are joined with the head into one write; larger ones are written from where they lie. */
const joinSize = 8192
const noListener: ExchangeListener = {
  requestBody: () => {},
  requestEnd: () => {},
  aborted: () => {},
  drained: () => {},
}

/**
 * One client connection of the socket engine and, while a request runs, its exchange (HTTP/1.1 has one at a time;
 * pipelined requests wait). Every byte of the answer is framed here, so that no handler can desynchronise a client.
 */
export class ClientConnection implements Exchange {
  readonly peer: Peer
  listener: ExchangeListener = noListener
  private readonly socket: Socket
  private readonly host: ConnectionHost
  private readonly reader: HeadReader
  private current: RequestHead | null = null
  private decoder: ChunkedDecoder | null = null
  private at: number = phase.head
  private deadline: number
  /** Bytes read but not yet worked on: pipelined requests, or a body nobody wants yet. */
  private rest: Buffer | null = null
  private feeding = false
  private flowing = false
  private served = 0
  private bodyLeft = 0
  private bodyTaken = 0
  private bodySince = 0
  private responded = false
  private keepAlive = true
  private chunking = false
  private answerLeft = 0
  private bodyless = false
  private waiting = false
  private windowEnd = never
  private windowTaken = 0

  constructor(socket: Socket, peer: Peer, host: ConnectionHost) {
    this.socket = socket
    this.peer = peer
    this.host = host
    this.reader = new HeadReader(host.limits.headerSize)
    this.deadline = host.now + host.limits.headerTimeout
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
    if (this.at === phase.body) {
      this.bodySince = this.host.now
      this.bodyTaken = 0
    }
    if (!this.feeding && (this.at === phase.body || this.at === phase.tunnel)) this.feedRest()
  }

  pauseRequest(): void {
    this.flowing = false
    if (this.at === phase.tunnel || this.at === phase.body) this.socket.pause()
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
    this.bodyless = isBodyless(request.method, head.status)
    this.keepAlive =
      request.keepAlive && !this.host.closing && this.at === phase.answer && this.mayServeMore()
    const text = this.frame(head, request)
    if (this.bodyless) {
      this.send(text, null, '')
      this.finish()
      return true
    }
    return this.sendPiece(text, piece, ended)
  }

  write(piece: Buffer | null, ended: boolean): boolean {
    if (this.at === phase.tunnel) return this.writeTunnel(piece, ended)
    if (!this.responded || this.bodyless || this.at === phase.closed) return true
    return this.sendPiece('', piece, ended)
  }

  switchProtocols(fields: string): void {
    if (this.at !== phase.answer || this.responded) return
    this.responded = true
    this.at = phase.tunnel
    this.flowing = true
    this.deadline = this.host.now + this.host.limits.upgradeIdleTimeout
    this.send(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${fields}\r\n`,
      null,
      '',
    )
    if (!this.feeding) this.feedRest()
  }

  destroy(): void {
    this.at = phase.closed
    this.listener = noListener
    this.socket.destroy()
  }

  /** Ends the connection when it is idle; used when the engine drains. */
  endIdle(): void {
    if (this.at === phase.head && !this.reader.started) this.socket.end()
  }

  /** Looks at all deadlines; called at each sweep. */
  sweep(): void {
    const { now, limits } = this.host
    if (this.windowIsSlow(now, limits)) {
      this.socket.destroy()
      return
    }
    if (this.at === phase.body && this.bodyIsSlow(now, limits)) this.refuse(refusals.EDGE_BODY_TIMEOUT)
    if (now < this.deadline || (this.at === phase.linger && this.waiting)) return
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
    this.feed(chunk)
  }

  private feed(chunk: Buffer): void {
    this.feeding = true
    let i = 0
    while (i < chunk.length) {
      // An answer that still waits for the client holds back the next request: pipelining must not fill our memory.
      if (this.at === phase.head && !this.waiting) i = this.readHead(chunk, i)
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
    if (!reader.started && this.served > 0) this.deadline = host.now + host.limits.headerTimeout
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
      this.decoder = head.chunked ? new ChunkedDecoder(this.host.limits.bodySize, false) : null
      this.deadline = this.host.now + this.host.limits.bodyTimeout
    } else {
      this.at = phase.answer
      this.deadline = never
    }
    this.host.handler.request(this)
  }

  private readBody(chunk: Buffer, start: number): number {
    this.deadline = this.host.now + this.host.limits.bodyTimeout
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
    const end = decoder.push(chunk, start, (piece) => this.listener.requestBody(piece))
    if (end === chunkedIncomplete) return chunk.length
    if (end === chunkedRefused) {
      this.refuse(decoder.refusal)
      return chunk.length
    }
    this.decoder = null
    if (this.at === phase.body) {
      this.requestComplete()
      this.listener.requestEnd()
    }
    return end
  }

  private requestComplete(): void {
    this.at = phase.answer
    this.deadline = never
  }

  private readTunnel(chunk: Buffer, start: number): number {
    this.deadline = this.host.now + this.host.limits.upgradeIdleTimeout
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
    return this.served < this.host.limits.requestsPerConnection
  }

  /** Status line, kept fields, framing, connection: the whole head of the answer. */
  private frame(head: ResponseHead, request: RequestHead): string {
    this.chunking = false
    this.answerLeft = head.contentLength
    let text = `HTTP/1.1 ${head.status} ${head.reason}\r\n${head.fields}`
    if (head.contentLength >= 0) {
      // RFC 9110 section 8.6: none with 1xx and 204.
      if (head.status !== 204) text += `Content-Length: ${head.contentLength}\r\n`
    } else if (!this.bodyless) {
      if (request.minorVersion === 1) {
        this.chunking = true
        text += 'Transfer-Encoding: chunked\r\n'
      } else this.keepAlive = false
    }
    return this.keepAlive ? `${text}\r\n` : `${text}Connection: close\r\n\r\n`
  }

  private sendPiece(prefix: string, piece: Buffer | null, ended: boolean): boolean {
    let drained: boolean
    if (this.chunking) drained = this.sendChunk(prefix, piece, ended)
    else if (this.fits(piece)) drained = this.send(prefix, piece, '')
    else return this.breakOff()
    if (!ended) return drained
    if (!this.chunking && this.answerLeft > 0) return this.breakOff()
    this.finish()
    return drained
  }

  /** Counts a piece against the declared length; false when it is too long. */
  private fits(piece: Buffer | null): boolean {
    if (this.answerLeft < 0 || piece === null) return true
    this.answerLeft -= piece.length
    return this.answerLeft >= 0
  }

  /** The answer turned out longer or shorter than declared: only the end of the connection tells the client. */
  private breakOff(): boolean {
    this.destroy()
    return true
  }

  private sendChunk(prefix: string, piece: Buffer | null, ended: boolean): boolean {
    const tail = ended ? '0\r\n\r\n' : ''
    if (piece === null || piece.length === 0) return this.send(prefix + tail, null, '')
    return this.send(`${prefix}${piece.length.toString(16)}\r\n`, piece, `\r\n${tail}`)
  }

  /** Writes; true when nothing waits. Hot: one string and one system call for a small answer. */
  private send(prefix: string, piece: Buffer | null, suffix: string): boolean {
    const { socket } = this
    if (piece === null) {
      if (prefix !== '') socket.write(prefix, 'latin1', this.onWritten)
    } else if (piece.length <= joinSize) {
      const body = piece.toString('latin1', 0, piece.length)
      socket.write(prefix + body + suffix, 'latin1', this.onWritten)
    } else {
      socket.cork()
      if (prefix !== '') socket.write(prefix, 'latin1')
      socket.write(piece, this.onWritten)
      if (suffix !== '') socket.write(suffix, 'latin1', this.onWritten)
      socket.uncork()
    }
    if (socket.writableLength === 0) return true
    this.startWaiting()
    return false
  }

  private startWaiting(): void {
    if (this.waiting) return
    this.waiting = true
    this.windowEnd = this.host.now + this.host.limits.responseTimeout
    this.windowTaken = this.taken()
  }

  private readonly onWritten = (): void => {
    if (!this.waiting || this.socket.writableLength > 0) return
    this.waiting = false
    this.windowEnd = never
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
    if (!this.keepAlive || this.host.closing) {
      this.at = phase.linger
      this.bodyTaken = 0
      this.deadline = this.host.now + this.host.limits.responseTimeout
      this.socket.end()
      if (this.rest !== null) this.feedRest()
      return
    }
    this.at = phase.head
    this.deadline = this.host.now + this.host.limits.keepAliveTimeout
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
    const drained = this.send('', piece, '')
    if (ended) {
      this.keepAlive = false
      this.finish()
    }
    return drained
  }

  // ---- ending ----

  private refuse(refusal: Refusal): void {
    const head = this.current
    const { listener, responded, host } = this
    this.current = null
    this.decoder = null
    this.listener = noListener
    const answer = host.handler.refused(this.peer, refusal, head)
    if (responded) this.destroy()
    else {
      const { fields, body } = answer
      const length = Buffer.byteLength(body)
      this.socket.write(
        `HTTP/1.1 ${refusal.status} ${reasonPhrase(refusal.status)}\r\n${fields}Content-Length: ${length}\r\nConnection: close\r\n\r\n${body}`,
        'utf8',
      )
      this.startLinger()
    }
    listener.aborted(refusal)
  }

  private readonly onEnd = (): void => {
    if (this.at === phase.head || this.at === phase.linger) {
      this.socket.end()
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
    listener.aborted(null)
  }

  // ---- slow clients ----

  private taken(): number {
    return this.socket.bytesWritten - pendingBytes(this.socket)
  }

  private windowIsSlow(now: number, limits: HttpLimits): boolean {
    if (now < this.windowEnd) return false
    const taken = this.taken()
    const wanted = (sendMinimumRate * limits.responseTimeout) / 1000
    if (taken - this.windowTaken < wanted) return true
    this.windowTaken = taken
    this.windowEnd = now + limits.responseTimeout
    return false
  }

  private bodyIsSlow(now: number, limits: HttpLimits): boolean {
    if (!this.flowing) {
      // Our side is the slow one; the client's time starts anew when reading goes on.
      this.deadline = now + limits.bodyTimeout
      return false
    }
    const elapsed = now - this.bodySince
    return elapsed > limits.bodyTimeout && this.bodyTaken < (limits.bodyMinimumRate * elapsed) / 1000
  }
}
