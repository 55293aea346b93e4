import { Buffer } from 'node:buffer'
import { constants, performServerHandshake } from 'node:http2'
import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import { deafListener } from '../http/stream-exchange.ts'
import type { Peer } from '../http/exchange.ts'
import { lingerMs } from '../http/limits.ts'
import { refusals } from '../http/refusal.ts'
import type { Refusal } from '../http/refusal.ts'
import type { ResponseHead } from '../http/response-head.ts'
import { plainHead } from '../http/response-head.ts'
import { reasonPhrase } from '../http/status-line.ts'
import type { ConnectionHost, Serve, Served } from '../listen/served.ts'
import { FrameGuard } from './frame-guard.ts'
import { Http2Exchange, http2Headers } from './http2-exchange.ts'
import { parseHttp2Head } from './http2-head.ts'
import { Http2Tunnel } from './http2-tunnel.ts'

const endStream = 0x1
/** Most memory of one connection's state, megabytes; over it new streams are refused. */
const sessionMegabytes = 2
/** Frames that break the protocol before the connection ends. */
const maxInvalidFrames = 10
/** Most settings in one SETTINGS frame. */
const maxSettings = 32
/** DATA frames under this size cost more than what they carry is worth, bytes. */
const tinyPiece = 64
/** Most of them on one connection within 10 seconds. */
export const maxTinyPieces = 20_000
/** Bytes of one stream and of all streams that a client may send ahead. */
const windowSize = 262_144

/** One HTTP/2 connection: its streams feed the same pipeline as requests of HTTP/1.1. */
class Http2Connection implements Served {
  private readonly session: ServerHttp2Session
  private readonly socket: Socket
  private readonly peer: Peer
  private readonly host: ConnectionHost
  private readonly exchanges = new Set<Http2Exchange>()
  private readonly resets: FrameGuard
  private readonly controls: FrameGuard
  private readonly tiny = new FrameGuard(maxTinyPieces)
  private idleSince: number
  private served = 0
  private leaving = false
  private goneBy = Number.POSITIVE_INFINITY

  constructor(socket: Socket, peer: Peer, host: ConnectionHost) {
    const { limits } = host
    this.socket = socket
    this.peer = peer
    this.host = host
    this.idleSince = host.now
    this.resets = new FrameGuard(limits.http2Resets)
    this.controls = new FrameGuard(limits.http2Controls)
    this.session = performServerHandshake(socket, {
      maxSessionMemory: sessionMegabytes,
      maxHeaderListPairs: limits.headerCount + 4,
      maxSendHeaderBlockLength: 65_536,
      maxSessionInvalidFrames: maxInvalidFrames,
      maxSettings,
      settings: {
        maxConcurrentStreams: limits.http2Streams,
        maxHeaderListSize: limits.headerSizeBytes,
        initialWindowSize: windowSize,
        enablePush: false,
        enableConnectProtocol: true,
      },
    })
    this.session.on('stream', this.onStream)
    this.session.on('error', () => socket.destroy())
    this.session.on('remoteSettings', this.onControl)
    this.session.on('ping', this.onControl)
  }

  sweep(): void {
    const { now, limits } = this.host
    for (const exchange of this.exchanges) exchange.sweep()
    if (now >= this.goneBy && this.exchanges.size === 0) this.destroy()
    if (this.exchanges.size > 0) return
    const idleMs = this.served === 0 ? limits.headerTimeoutMs : limits.keepAliveTimeoutMs
    if (now - this.idleSince >= idleMs) this.leave()
  }

  endIdle(idleMs: number): void {
    // GOAWAY names the last request that is served: nothing under way is lost, so nobody has to wait.
    void idleMs
    this.leave()
  }

  destroy(): void {
    this.session.destroy()
    this.socket.destroy()
  }

  private leave(): void {
    if (this.leaving || this.session.destroyed) return
    this.leaving = true
    this.goneBy = this.host.now + lingerMs
    this.session.close()
  }

  private readonly onControl = (): void => {
    if (this.controls.take(this.host.now)) this.calm(refusals.EDGE_HTTP2_CONTROLS)
  }

  private readonly onPiece = (bytes: number): void => {
    if (bytes < tinyPiece && this.tiny.take(this.host.now)) this.calm(refusals.EDGE_HTTP2_CONTROLS)
  }

  /** Ends the connection of a client that only makes work (RFC 9113 section 10.5). */
  private calm(refusal: Refusal): void {
    if (this.leaving) return
    this.leaving = true
    this.host.handler.refused(this.peer, refusal)
    for (const exchange of this.exchanges) exchange.gone()
    this.exchanges.clear()
    if (this.session.destroyed) return
    this.goneBy = this.host.now
    this.session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM)
    this.session.destroy(undefined, constants.NGHTTP2_ENHANCE_YOUR_CALM)
  }

  private readonly onStream = (
    stream: ServerHttp2Stream,
    _headers: unknown,
    flags: number,
    raw: readonly string[],
  ): void => {
    const { host } = this
    stream.on('error', () => undefined)
    const head = parseHttp2Head(raw, (flags & endStream) !== 0, host.limits)
    this.served += 1
    if ('refused' in head) {
      this.refuse(stream, head)
      return
    }
    const options = { head, peer: this.peer, host, onPiece: this.onPiece }
    const exchange = head.upgrade ? new Http2Tunnel(stream, options) : new Http2Exchange(stream, options)
    this.exchanges.add(exchange)
    stream.once('close', () => this.closed(exchange, stream.rstCode))
    host.handler.request(exchange)
    if (this.served >= host.limits.requestsPerConnection || host.closing) this.leave()
  }

  private closed(exchange: Http2Exchange, code: number): void {
    this.exchanges.delete(exchange)
    this.idleSince = this.host.now
    const wasRunning = exchange.running
    exchange.gone()
    exchange.listener = deafListener
    const givenUp = wasRunning || code === constants.NGHTTP2_CANCEL
    if (givenUp && this.resets.take(this.host.now)) this.calm(refusals.EDGE_HTTP2_RESETS)
  }

  private refuse(stream: ServerHttp2Stream, refusal: Refusal): void {
    this.idleSince = this.host.now
    const answer = this.host.handler.refused(this.peer, refusal)
    if (stream.destroyed || stream.closed) return
    const { status } = refusal
    const head: ResponseHead = plainHead(
      status,
      reasonPhrase(status),
      answer.fields,
      Buffer.byteLength(answer.body),
    )
    stream.respond(http2Headers(head))
    stream.end(answer.body)
    stream.once('finish', () => stream.close(constants.NGHTTP2_NO_ERROR))
  }
}

/** Serves HTTP/2 on a connection that agreed on it. */
export const serveHttp2: Serve = (socket, peer, host) => new Http2Connection(socket, peer, host)
