import type { Buffer } from 'node:buffer'
import type { ServerHttp2Stream } from 'node:http2'
import { deafListener } from '../http/stream-exchange.ts'
import type { StreamExchangeOptions } from '../http/stream-exchange.ts'
import { noLength } from '../http/request-head.ts'
import { plainHead } from '../http/response-head.ts'
import type { ResponseHead } from '../http/response-head.ts'
import { Http2Exchange } from './http2-exchange.ts'

/** Of the handshake of HTTP/1.1: a stream has none (RFC 8441 section 5). */
const handshakeLine = /^sec-websocket-accept:[^\r]*\r\n/gim

/**
 * A WebSocket on one stream of HTTP/2 (RFC 8441): asked for by CONNECT, agreed to by 200, then bytes of both sides in DATA
 * frames. The service is asked as over HTTP/1.1.
 */
export class Http2Tunnel extends Http2Exchange {
  private joined = false
  private lastWritten = 0

  constructor(stream: ServerHttp2Stream, options: Omit<StreamExchangeOptions, 'input' | 'output'>) {
    super(stream, options)
    this.unbounded = true
    stream.on('end', () => this.clientEnded())
  }

  override switchProtocols(fields: string): void {
    if (this.responded || this.over) return
    this.responded = true
    this.joined = true
    this.lastWritten = this.host.now
    this.begin(plainHead(200, 'OK', fields.replace(handshakeLine, ''), noLength), false, false)
    this.resumeRequest()
  }

  /** An answer of the service that is no agreement; with a 2xx the client would take it for one. */
  override respond(head: ResponseHead, piece: Buffer | null, ended: boolean): boolean {
    const agrees = head.status >= 200 && head.status < 300
    return super.respond(agrees ? { ...head, status: 502 } : head, piece, ended)
  }

  override write(piece: Buffer | null, ended: boolean): boolean {
    if (!this.joined || this.over) return super.write(piece, ended)
    this.lastWritten = this.host.now
    const drained = super.write(piece, false)
    if (ended) this.finishTunnel()
    return drained
  }

  override resumeRequest(): void {
    if (!this.over) this.stream.resume()
  }

  override sweep(): void {
    const { now, limits } = this.host
    const lastByte = Math.max(this.lastWritten, this.lastPiece)
    if (!this.over && this.joined && now - lastByte > limits.upgradeIdleTimeoutMs) {
      this.breakOff()
      this.gone()
    } else super.sweep()
  }

  private clientEnded(): void {
    this.gone()
    this.stream.end()
  }

  private finishTunnel(): void {
    this.over = true
    this.listener = deafListener
    this.stream.end()
  }
}
