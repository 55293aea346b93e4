import { Buffer } from 'node:buffer'
import net from 'node:net'
import type { Socket } from 'node:net'
import { ChunkedDecoder, chunkedIncomplete, chunkedRefused } from '../http/chunked-decoder.ts'
import { HeadReader, headIncomplete, headRefused } from '../http/head-reader.ts'
import { parseResponseHead } from '../http/parse-response-head.ts'
import { isBodyless } from '../http/response-head.ts'
import type { UpstreamHead } from '../http/response-head.ts'
import { heavyBytes } from './answer-weights.ts'
import { upstreamFailure } from './upstream-failure.ts'
import type { UpstreamFailure } from './upstream-failure.ts'
import { bulkReading, usualReading } from './reading-pace.ts'
import type { ReadingPace, TurnReader } from './reading-pace.ts'
import { stalledMs, stalledUnderPressureMs } from './upstream-limits.ts'
import type { TargetHealth } from './target-health.ts'
import type { UpstreamLimits } from './upstream-limits.ts'
import type { UpstreamListener, UpstreamWriter } from './upstream-listener.ts'
import { connectUpstreamTls } from './upstream-tls.ts'
import type { UpstreamTls } from './upstream-tls.ts'

/** What is known of the answer of a request before it is there. */
export interface Load {
  /** Of its path, see `AnswerWeights`. */
  readonly key: number
  /** True when it will be small and taken at once. */
  readonly light: boolean
  /** True when it turned out to be large, or not to be taken. */
  readonly large: boolean
}

/** What a connection needs of its pool. */
export interface UpstreamOwner {
  readonly host: string
  readonly port: number
  /** Unix socket of the service; then host and port are for its eyes only. */
  readonly path: string | null
  readonly limits: UpstreamLimits
  readonly tls: UpstreamTls | null
  readonly health: TargetHealth | null
  /** True when a connection to this address and port would come back to a listener of ours. */
  isOwnListener(address: string, port: number, local: string): boolean
  /** Coarse monotonic milliseconds. */
  now: number
  /** True while requests wait for a connection, and for a moment afterwards. */
  readonly pressed: boolean
  /** An answer was small and given away without a stall. */
  answered(key: number): void
  /** An answer is large, or its client does not take it. Gives what runs now, in the place of `load`. */
  turnedHeavy(load: Load): Load
  /** The connection is free for another request. */
  released(connection: UpstreamConnection): void
  /** The connection is closed. */
  closed(connection: UpstreamConnection): void
}

const phase = {
  connecting: 0,
  idle: 1,
  head: 2,
  /** Body of known length. */
  length: 3,
  chunked: 4,
  /** Body until the end of the connection. */
  close: 5,
  tunnel: 6,
  closed: 7,
} as const

const never = Number.POSITIVE_INFINITY
const receiveSize = 32_768
const joinSize = 8192

/**
 * One connection to an upstream: writes a request, reads its answer strictly, and is reused only after an answer whose
 * end is certain. Reads into a buffer of its own, so that small answers cost no allocation; the buffer is replaced
 * when a piece of it is still being sent.
 */
export class UpstreamConnection implements UpstreamWriter, TurnReader {
  /** Longest idle time that the upstream announced, in milliseconds. */
  announcedIdleMs: number = never
  /** Monotonic end of the idle time; set by the pool. */
  idleUntil: number = never
  /** What runs on it; set by the pool. */
  load: Load | null = null
  private readonly owner: UpstreamOwner
  private readonly socket: Socket
  private readonly reader: HeadReader
  private listener: UpstreamListener | null = null
  private at: number = phase.connecting
  private deadline: number
  private buffer: Buffer = Buffer.allocUnsafeSlow(receiveSize)
  private bufferInUse = false
  private paused = false
  private pausedAt = 0
  private rest: Buffer | null = null
  private restEnded = false
  private method = 'GET'
  private upgrading = false
  private left = 0
  /** Bytes of the answer that were given away. */
  private given = 0
  private decoder: ChunkedDecoder | null = null
  private head: UpstreamHead | null = null
  private headGiven = false
  private keepAlive = false
  private requestEnded = false
  private waiting = false
  private used = 0
  private reached = false

  constructor(owner: UpstreamOwner) {
    this.owner = owner
    this.reader = new HeadReader(owner.limits.upstreamHeaderSizeBytes)
    this.deadline = owner.now + owner.limits.upstreamConnectTimeoutMs
    this.socket = this.open(owner)
    this.socket.on('end', this.onEnd)
    this.socket.on('error', this.onError)
    this.socket.on('close', this.onClose)
  }

  private open({ host, port, path, tls }: UpstreamOwner): Socket {
    const onread = {
      buffer: (): Buffer => this.nextBuffer(),
      callback: (length: number, bytes: Uint8Array): boolean => this.onRead(length, bytes),
    }
    if (tls === null) {
      const plain = net.connect(path === null ? { host, port, noDelay: true, onread } : { path, onread })
      plain.on('connect', this.onConnect)
      return plain
    }
    const secure = connectUpstreamTls({ host, port }, tls, { ALPNProtocols: ['http/1.1'], onread })
    secure.setNoDelay(true)
    secure.on('connect', this.onReached)
    secure.on('secureConnect', this.onShaken)
    return secure
  }

  /** Gives the connection to a listener. */
  assign(listener: UpstreamListener): void {
    this.listener = listener
    if (this.at === phase.idle) this.start()
  }

  send(method: string, upgrading: boolean, text: string, piece: Buffer | null, ended: boolean): boolean {
    this.method = method
    this.upgrading = upgrading
    this.requestEnded = ended
    this.put(text, piece, '')
    return this.socket.writableLength === 0
  }

  write(prefix: string, piece: Buffer | null, suffix: string, ended: boolean): boolean {
    this.requestEnded = ended
    this.put(prefix, piece, suffix)
    return this.socket.writableLength === 0
  }

  resumeAnswer(): void {
    if (!this.paused) return
    this.paused = false
    this.bufferInUse = false
    const { rest } = this
    this.rest = null
    if (rest !== null) this.feed(rest)
    if (this.restEnded && !this.paused) this.ended()
    if (this.paused || this.at === phase.closed) return
    const { pace } = this
    // Clients that take something may be many at once.
    if (pace.isOver || this.isBulk) pace.wait(this)
    else this.socket.resume()
  }

  destroy(): void {
    this.listener = null
    if (this.at === phase.closed) return
    this.at = phase.closed
    if (this.owner.health !== null) this.owner.health.released()
    this.owner.closed(this)
    this.socket.destroy()
  }

  /** Looks at the deadline. */
  sweep(now: number): void {
    if (this.paused) {
      if (now - this.pausedAt >= stalledMs) this.turnHeavy()
      if (this.owner.pressed && now - this.pausedAt >= stalledUnderPressureMs) {
        this.fail(upstreamFailure('EDGE_CLIENT_STALLED', 'the client took nothing while others waited'))
      }
      return
    }
    if (now < this.deadline) return
    if (this.at === phase.connecting) this.fail(upstreamFailure('EDGE_UPSTREAM_CONNECT_TIMEOUT'))
    else if (this.at === phase.head) this.fail(upstreamFailure('EDGE_UPSTREAM_TIMEOUT'))
    else this.fail(upstreamFailure('EDGE_UPSTREAM_BODY_TIMEOUT'))
  }

  private start(): void {
    this.at = phase.head
    this.used += 1
    this.given = 0
    this.head = null
    this.headGiven = false
    this.requestEnded = false
    this.deadline = this.owner.now + this.owner.limits.upstreamResponseTimeoutMs
    this.listener?.upstreamReady(this)
  }

  private put(prefix: string, piece: Buffer | null, suffix: string): void {
    const { socket } = this
    if (piece === null) socket.write(prefix + suffix, 'latin1', this.onWritten)
    else if (piece.length <= joinSize) {
      socket.write(prefix + piece.toString('latin1', 0, piece.length) + suffix, 'latin1', this.onWritten)
    } else {
      socket.cork()
      if (prefix !== '') socket.write(prefix, 'latin1')
      socket.write(piece, this.onWritten)
      if (suffix !== '') socket.write(suffix, 'latin1', this.onWritten)
      socket.uncork()
    }
    if (socket.writableLength > 0) this.waiting = true
  }

  private readonly onWritten = (): void => {
    if (!this.waiting || this.socket.writableLength > 0) return
    this.waiting = false
    this.listener?.upstreamDrained()
  }

  // ---- reading ----

  private nextBuffer(): Buffer {
    if (this.bufferInUse) {
      this.buffer = Buffer.allocUnsafeSlow(receiveSize)
      this.bufferInUse = false
    }
    return this.buffer
  }

  private onRead(length: number, bytes: Uint8Array): boolean {
    const chunk =
      bytes === this.buffer ? this.buffer : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    // Not a full buffer: there is no more, for the moment. A service that fills its window as fast as it is emptied
    // brings the rest of a large answer in such pieces, too.
    const counts = length === receiveSize || this.isBulk
    const before = counts ? performance.now() : 0
    this.feed(chunk.subarray(0, length))
    if (!counts || !this.isInBody) return !this.paused
    const { pace } = this
    pace.spend(performance.now() - before)
    if (this.paused) return false
    if (pace.isOver) pace.wait(this)
    return !pace.isOver
  }

  /** Who says when the rest of the answer is read: what is large, or was large, has its own pace. */
  private get pace(): ReadingPace {
    return this.isBulk ? bulkReading : usualReading
  }

  private get isBulk(): boolean {
    return this.given > heavyBytes || this.load?.light === false
  }

  /** The rest of a large answer goes on. */
  readOn(): void {
    if (!this.paused && this.at !== phase.closed) this.socket.resume()
  }

  private get isInBody(): boolean {
    return this.at === phase.length || this.at === phase.chunked || this.at === phase.close
  }

  private feed(chunk: Buffer): void {
    let i = 0
    while (i < chunk.length && !this.paused && this.at !== phase.closed) {
      switch (this.at) {
        case phase.head:
          i = this.readHead(chunk, i)
          break
        case phase.length:
          i = this.readLength(chunk, i)
          break
        case phase.chunked:
          i = this.readChunked(chunk, i)
          break
        case phase.close:
        case phase.tunnel:
          this.deadline = this.owner.now + this.idleLimit()
          this.give(i === 0 ? chunk : chunk.subarray(i), false)
          i = chunk.length
          break
        default:
          // Bytes that nobody asked for: an answer that would be taken for that of the next request.
          this.fail(upstreamFailure('EDGE_UPSTREAM_MALFORMED', 'bytes after the answer'))
          return
      }
    }
    if (this.paused && i < chunk.length) this.keepRest(chunk.subarray(i))
    if (this.head !== null && !this.headGiven && this.at !== phase.closed) this.give(null, false)
  }

  /** Unread bytes lie in the receive buffer, which must then not be filled again. */
  private keepRest(bytes: Buffer): void {
    this.rest = bytes
    this.bufferInUse = true
  }

  private readHead(chunk: Buffer, start: number): number {
    const end = this.reader.push(chunk, start)
    if (end === headIncomplete) return chunk.length
    if (end === headRefused) return this.malformed(chunk, this.reader.refusal.message)
    const head = parseResponseHead(this.reader.text)
    if ('refused' in head) return this.malformed(chunk, head.message)
    if (head.status < 200 && head.status !== 101) return end
    if (head.status === 101 && !(head.upgrade && this.upgrading)) {
      return this.malformed(chunk, 'switched protocols without being asked')
    }
    this.head = head
    if (this.owner.health !== null) this.owner.health.answered()
    this.keepAlive = head.keepAlive
    // A second early: a request must not meet the end of the connection half-way.
    if (head.keepAliveSeconds >= 0) this.announcedIdleMs = Math.max(0, head.keepAliveSeconds - 1) * 1000
    this.deadline = this.owner.now + this.idleLimit()
    return this.frame(head, chunk, end)
  }

  /** Decides how the body ends (RFC 9112 section 6.3). */
  private frame(head: UpstreamHead, chunk: Buffer, end: number): number {
    if (head.status === 101) {
      this.at = phase.tunnel
      this.give(null, false)
      return end
    }
    if (isBodyless(this.method, head.status) || head.contentLength === 0) {
      if (end < chunk.length) this.keepAlive = false
      this.give(null, true)
      return end
    }
    if (head.chunked) {
      this.at = phase.chunked
      this.decoder = new ChunkedDecoder(Number.MAX_SAFE_INTEGER, true)
    } else if (head.contentLength > 0) {
      this.at = phase.length
      this.left = head.contentLength
    } else {
      this.at = phase.close
      this.keepAlive = false
    }
    return end
  }

  private readLength(chunk: Buffer, start: number): number {
    const end = Math.min(chunk.length, start + this.left)
    this.left -= end - start
    this.deadline = this.owner.now + this.owner.limits.upstreamBodyTimeoutMs
    if (end < chunk.length) this.keepAlive = false
    this.give(chunk.subarray(start, end), this.left === 0)
    return end
  }

  private readChunked(chunk: Buffer, start: number): number {
    const { decoder } = this
    if (decoder === null) return chunk.length
    this.deadline = this.owner.now + this.owner.limits.upstreamBodyTimeoutMs
    const pieces: Buffer[] = []
    const end = decoder.push(chunk, start, (piece) => pieces.push(piece))
    const over = end === chunkedRefused
    const last = end >= 0
    if (last && end < chunk.length) this.keepAlive = false
    if (last) this.decoder = null
    if (!over) this.givePieces(pieces, last)
    if (over) return this.malformed(chunk, decoder.refusal.message)
    return end === chunkedIncomplete ? chunk.length : end
  }

  /** Chunks that came together leave together: an upstream that sends tiny chunks must not cost a write each. */
  private givePieces(pieces: readonly Buffer[], last: boolean): void {
    const [only] = pieces
    if (pieces.length <= 1) {
      if (only !== undefined || last) this.give(only ?? null, last)
      return
    }
    this.give(Buffer.concat(pieces), last)
  }

  private malformed(chunk: Buffer, detail: string): number {
    this.fail(upstreamFailure('EDGE_UPSTREAM_MALFORMED', detail))
    return chunk.length
  }

  private give(piece: Buffer | null, last: boolean): void {
    const { listener, head, headGiven } = this
    if (listener === null || head === null) return
    this.headGiven = true
    if (piece !== null) this.weigh(piece.length)
    if (last && this.load?.large === false) this.owner.answered(this.load.key)
    // Free before the last piece is given: a pipelined request that starts on it finds this connection.
    if (last) this.release()
    const drained = headGiven ? listener.answerBody(piece, last) : listener.answerHead(head, piece, last)
    if (drained) return
    this.bufferInUse = true
    if (last || this.at === phase.closed) return
    this.paused = true
    this.pausedAt = this.owner.now
  }

  private weigh(bytes: number): void {
    this.given += bytes
    if (this.given > heavyBytes) this.turnHeavy()
  }

  private turnHeavy(): void {
    const { load } = this
    if (load !== null && !load.large) this.load = this.owner.turnedHeavy(load)
  }

  private release(): void {
    if (!this.requestEnded || !this.keepAlive || this.at === phase.closed) {
      // An answer before the end of its request: what follows on this connection is uncertain.
      this.destroy()
      return
    }
    this.listener = null
    this.head = null
    this.at = phase.idle
    this.deadline = never
    this.owner.released(this)
  }

  private idleLimit(): number {
    const { limits } = this.owner
    return this.at === phase.tunnel ? limits.upgradeIdleTimeoutMs : limits.upstreamBodyTimeoutMs
  }

  // ---- ending ----

  private readonly onConnect = (): void => {
    this.onReached()
    this.onShaken()
  }

  /** The network has us there; before anything is sent it must not be ourselves. */
  private readonly onReached = (): void => {
    if (this.at !== phase.connecting) return
    this.reached = true
    const { remoteAddress = '', remotePort = 0, localAddress = '' } = this.socket
    if (this.owner.isOwnListener(remoteAddress, remotePort, localAddress)) {
      this.fail(upstreamFailure('EDGE_UPSTREAM_LOOP', 'the upstream is a listener of this installation'))
    }
  }

  private readonly onShaken = (): void => {
    if (this.at !== phase.connecting) return
    this.at = phase.idle
    if (this.listener === null) this.owner.released(this)
    else this.start()
  }

  private readonly onEnd = (): void => {
    if (this.paused) this.restEnded = true
    else this.ended()
  }

  private ended(): void {
    if (this.at === phase.close || this.at === phase.tunnel) {
      this.keepAlive = false
      this.give(null, true)
      return
    }
    if (this.at === phase.closed) return
    this.fail(this.closedFailure('the connection ended before the answer'))
  }

  private readonly onError = (error: Error): void => {
    this.fail(this.closedFailure(error.message))
  }

  private readonly onClose = (): void => {
    if (this.at !== phase.closed) this.fail(this.closedFailure('the connection was closed'))
  }

  private closedFailure(detail: string): UpstreamFailure {
    if (this.at === phase.connecting) {
      return upstreamFailure(this.reached ? 'EDGE_UPSTREAM_TLS' : 'EDGE_UPSTREAM_CONNECT', detail)
    }
    const silent = this.at === phase.head && !this.reader.started
    return upstreamFailure('EDGE_UPSTREAM_CLOSED', detail, silent && this.used > 1)
  }

  private fail(failure: UpstreamFailure): void {
    const { listener } = this
    this.destroy()
    if (listener === null) return
    if (!failure.retryable) this.owner.health?.failed(failure.code, this.owner.now)
    listener.upstreamFailed(failure)
  }
}
