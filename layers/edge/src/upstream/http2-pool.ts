import { Buffer } from 'node:buffer'
import { connect, constants } from 'node:http2'
import type {
  ClientHttp2Session,
  ClientHttp2Stream,
  IncomingHttpHeaders,
  OutgoingHttpHeaders,
} from 'node:http2'
import net from 'node:net'
import type { Socket } from 'node:net'
import { addField, newFields } from '../http2/http2-fields.ts'
import { parseResponseHead } from '../http/parse-response-head.ts'
import type { UpstreamHead } from '../http/response-head.ts'
import { isBodyless } from '../http/response-head.ts'
import { reasonPhrase } from '../http/status-line.ts'
import { authorityOf } from './authority-of.ts'
import { upstreamFailure } from './upstream-failure.ts'
import type { TargetHealth } from './target-health.ts'
import type { UpstreamFailure, UpstreamFailureCode } from './upstream-failure.ts'
import type { UpstreamListener, UpstreamWriter } from './upstream-listener.ts'
import type { UpstreamLimits } from './upstream-limits.ts'
import { maxWaiting } from './upstream-limits.ts'
import type { PoolOptions } from './upstream-pool.ts'
import { connectUpstreamTls } from './upstream-tls.ts'
import type { Upstreams } from './upstreams.ts'

const sweepMs = 500
const never = Number.POSITIVE_INFINITY

/** The header lines of a request head that was written for HTTP/1.1, as HTTP/2 sends them (RFC 9113 section 8.3.1). */
export function requestHeaders(text: string, scheme: string): OutgoingHttpHeaders {
  const lines = text.split('\r\n')
  const [method = '', path = ''] = (lines[0] ?? '').split(' ')
  const headers = newFields()
  Object.assign(headers, { ':method': method, ':path': path, ':scheme': scheme })
  for (const line of lines.slice(1)) {
    const colon = line.indexOf(':')
    if (colon <= 0) continue
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    if (name === 'host') headers[':authority'] = value
    else addField(headers, name, value)
  }
  return headers
}

/** The head of an HTTP/2 answer as a byte string in the form of HTTP/1.1, for the same strict parser. */
function answerText(headers: IncomingHttpHeaders): string {
  const status = Number(headers[':status'] ?? 0)
  let text = `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n`
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(':') || value === undefined) continue
    for (const one of Array.isArray(value) ? value : [value]) text += `${name}: ${one}\r\n`
  }
  return text
}

/** What a request needs of its pool. */
interface StreamOwner {
  readonly limits: UpstreamLimits
  readonly scheme: string
  now: number
  readonly health: TargetHealth | null
  left(request: Http2Request): void
}

/** One request to the service and its answer. */
class Http2Request implements UpstreamWriter {
  private readonly owner: StreamOwner
  private readonly session: ClientHttp2Session
  private listener: UpstreamListener | null
  private stream: ClientHttp2Stream | null = null
  private head: UpstreamHead | null = null
  private deadline = never
  private paused = false
  private method = 'GET'

  constructor(owner: StreamOwner, session: ClientHttp2Session, listener: UpstreamListener) {
    this.owner = owner
    this.session = session
    this.listener = listener
  }

  send(method: string, upgrading: boolean, text: string, piece: Buffer | null, ended: boolean): boolean {
    if (upgrading) {
      // WebSockets over HTTP/2 need a protocol of their own (RFC 8441), which is not spoken here.
      queueMicrotask(() => this.fail('EDGE_UPSTREAM_MALFORMED', 'no upgrade over HTTP/2'))
      return true
    }
    this.method = method
    const bare = ended && piece === null
    const stream = this.open(text, bare)
    if (stream === null) return true
    this.stream = stream
    this.deadline = this.owner.now + this.owner.limits.upstreamResponseTimeoutMs
    stream.on('response', (headers) => this.answered(headers))
    stream.on('data', (chunk: Buffer) => this.body(chunk))
    stream.on('end', () => this.complete())
    stream.on('drain', () => this.listener?.upstreamDrained())
    stream.on('error', (error) => this.fail('EDGE_UPSTREAM_CLOSED', error.message))
    stream.on('close', () => this.closed())
    return bare || this.put(piece, ended)
  }

  /** Null when Node takes no request (any more), which it says by throwing. */
  private open(text: string, bare: boolean): ClientHttp2Stream | null {
    try {
      return this.session.request(requestHeaders(text, this.owner.scheme), { endStream: bare })
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      queueMicrotask(() => this.fail('EDGE_UPSTREAM_CLOSED', why, this.session.closed))
      return null
    }
  }

  write(_prefix: string, piece: Buffer | null, _suffix: string, ended: boolean): boolean {
    // Chunk framing is of HTTP/1.1; frames carry the pieces here.
    return this.put(piece, ended)
  }

  resumeAnswer(): void {
    if (!this.paused) return
    this.paused = false
    this.stream?.resume()
  }

  destroy(): void {
    this.listener = null
    const { stream } = this
    if (stream !== null && !stream.closed) stream.close(constants.NGHTTP2_CANCEL)
    this.owner.left(this)
  }

  sweep(now: number): void {
    if (this.paused || now < this.deadline) return
    this.fail(this.head === null ? 'EDGE_UPSTREAM_TIMEOUT' : 'EDGE_UPSTREAM_BODY_TIMEOUT', '')
  }

  fail(code: UpstreamFailureCode, detail: string, retryable = false): void {
    const { listener } = this
    this.destroy()
    if (listener === null) return
    if (!retryable) this.owner.health?.failed(code, this.owner.now)
    listener.upstreamFailed(upstreamFailure(code, detail, retryable))
  }

  private put(piece: Buffer | null, ended: boolean): boolean {
    const { stream } = this
    if (stream === null || stream.destroyed) return true
    const drained = piece === null || stream.write(Buffer.from(piece))
    if (ended) stream.end()
    return drained
  }

  private answered(headers: IncomingHttpHeaders): void {
    const head = parseResponseHead(answerText(headers))
    if ('refused' in head) {
      this.fail('EDGE_UPSTREAM_MALFORMED', head.message)
      return
    }
    if (head.status === 101 || head.chunked) {
      this.fail('EDGE_UPSTREAM_MALFORMED', 'a header of HTTP/1.1 in an answer of HTTP/2')
      return
    }
    this.head = head
    this.owner.health?.answered()
    this.deadline = this.owner.now + this.owner.limits.upstreamBodyTimeoutMs
    if (isBodyless(this.method, head.status)) this.give(null, true)
    else this.give(null, false)
  }

  private body(chunk: Buffer): void {
    this.deadline = this.owner.now + this.owner.limits.upstreamBodyTimeoutMs
    if (this.listener !== null && this.head !== null) this.give(chunk, false)
  }

  private complete(): void {
    if (this.listener !== null && this.head !== null) this.give(null, true)
  }

  private closed(): void {
    if (this.listener !== null) this.fail('EDGE_UPSTREAM_CLOSED', 'the stream was closed')
    else this.owner.left(this)
  }

  private given = false

  private give(piece: Buffer | null, ended: boolean): void {
    const { listener, head, given } = this
    if (listener === null || head === null) return
    this.given = true
    if (ended) {
      this.listener = null
      this.owner.left(this)
    }
    const drained = given ? listener.answerBody(piece, ended) : listener.answerHead(head, piece, ended)
    if (drained || ended) return
    this.paused = true
    this.stream?.pause()
  }
}

/**
 * Requests to one service over HTTP/2: a few connections, many requests on each. Prior knowledge without TLS, ALPN
 * with it.
 */
export class Http2Pool implements Upstreams, StreamOwner {
  readonly limits: UpstreamLimits
  readonly scheme: string
  readonly health: TargetHealth | null
  now: number
  private readonly options: PoolOptions
  private session: ClientHttp2Session | null = null
  private ready = false
  private connectDeadline = never
  private readonly requests = new Set<Http2Request>()
  private queue: UpstreamListener[] = []
  private readonly sweeper: NodeJS.Timeout
  private closing = false

  constructor(options: PoolOptions) {
    this.options = options
    this.limits = options.limits
    this.health = options.health ?? null
    this.scheme = options.tls === undefined ? 'http' : 'https'
    this.now = options.monotonicMs()
    this.sweeper = setInterval(() => this.sweep(), sweepMs)
    this.sweeper.unref()
  }

  get running(): number {
    return this.requests.size + this.queue.length
  }

  get connections(): number {
    return this.session === null ? 0 : 1
  }

  acquire(listener: UpstreamListener): void {
    this.now = this.options.monotonicMs()
    if (this.queue.length >= maxWaiting || this.closing) {
      listener.upstreamFailed(upstreamFailure('EDGE_UPSTREAM_BUSY', 'too many requests wait'))
      return
    }
    this.queue.push(listener)
    if (this.session === null) this.open()
    else if (this.ready) this.serveQueue()
  }

  isJammed(): boolean {
    // Streams of one connection: a large answer holds up no other.
    return false
  }

  cancel(listener: UpstreamListener): void {
    this.queue = this.queue.filter((waiting) => waiting !== listener)
  }

  left(request: Http2Request): void {
    if (this.requests.delete(request) && this.queue.length > 0) this.serveQueue()
  }

  close(): void {
    this.closing = true
    clearInterval(this.sweeper)
    this.failWaiting(upstreamFailure('EDGE_UPSTREAM_BUSY', 'stopping'))
    for (const request of this.requests) request.fail('EDGE_UPSTREAM_CLOSED', 'stopping')
    this.session?.destroy()
  }

  private serveQueue(): void {
    const { session } = this
    if (session === null || !this.ready) return
    const most = Math.min(
      session.remoteSettings.maxConcurrentStreams ?? this.limits.upstreamConnections,
      this.limits.upstreamConnections,
    )
    while (this.requests.size < most) {
      const listener = this.queue.shift()
      if (listener === undefined) return
      const request = new Http2Request(this, session, listener)
      this.requests.add(request)
      listener.upstreamReady(request)
    }
  }

  private open(): void {
    const { host, port, path, tls } = this.options
    this.connectDeadline = this.now + this.limits.upstreamConnectTimeoutMs
    const socket: Socket =
      tls === undefined
        ? net.connect(path === undefined ? { host, port, noDelay: true } : { path })
        : connectUpstreamTls({ host, port }, tls, { ALPNProtocols: ['h2'] })
    let reached = false
    socket.once('connect', () => {
      reached = true
      const { remoteAddress = '', remotePort = 0, localAddress = '' } = socket
      if (this.options.isOwnListener?.(remoteAddress, remotePort, localAddress) === true) {
        this.drop(upstreamFailure('EDGE_UPSTREAM_LOOP', 'the upstream is a listener of this installation'))
        socket.destroy()
      }
    })
    const session = connect(`${this.scheme}://${authorityOf({ host, port })}`, {
      createConnection: () => socket,
      maxSessionMemory: 8,
      settings: { enablePush: false, maxHeaderListSize: this.limits.upstreamHeaderSizeBytes },
    })
    this.session = session
    session.once('remoteSettings', () => {
      if (this.session !== session) return
      this.ready = true
      this.connectDeadline = never
      this.serveQueue()
    })
    const end = (detail: string): void => {
      if (this.session !== session) return
      const early = tls !== undefined && reached ? 'EDGE_UPSTREAM_TLS' : 'EDGE_UPSTREAM_CONNECT'
      this.drop(this.ready ? null : upstreamFailure(early, detail))
    }
    session.on('error', (error) => end(error.message))
    session.on('goaway', () => end('the service ends the connection'))
    session.on('close', () => end('the connection was closed'))
  }

  /** The connection takes no further request; running ones go on as long as it lives. */
  private drop(failure: UpstreamFailure | null): void {
    this.session = null
    this.ready = false
    this.connectDeadline = never
    if (failure !== null) {
      this.health?.failed(failure.code, this.now)
      this.failWaiting(failure)
    } else if (this.queue.length > 0 && !this.closing) this.open()
  }

  private failWaiting(failure: UpstreamFailure): void {
    for (const listener of this.queue.splice(0)) listener.upstreamFailed(failure)
  }

  private sweep(): void {
    this.now = this.options.monotonicMs()
    for (const request of this.requests) request.sweep(this.now)
    if (this.now >= this.connectDeadline) {
      const { session } = this
      this.drop(upstreamFailure('EDGE_UPSTREAM_CONNECT_TIMEOUT'))
      session?.destroy()
    }
  }
}
