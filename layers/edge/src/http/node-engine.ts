import { Buffer } from 'node:buffer'
import http from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { serveHttp2 } from '../http2/serve-http2.ts'
import type { ConnectionHost, Serve, Served } from '../listen/served.ts'
import { SocketFront } from '../listen/socket-front.ts'
import type { EngineOptions } from '../listen/socket-front.ts'
import type { HttpEngine, Peer } from './exchange.ts'
import { parseListedHead } from './head-of-list.ts'
import { NodeExchange, NodeUpgradeExchange } from './node-exchange.ts'
import { refusals } from './refusal.ts'
import type { Refusal, RefusalCode } from './refusal.ts'
import type { RequestHead } from './request-head.ts'
import { reasonPhrase } from './status-line.ts'
import type { StreamExchange } from './stream-exchange.ts'

// What llhttp calls an error, by our names; anything else is a malformed request line.
const codes: Readonly<Record<string, RefusalCode>> = {
  HPE_HEADER_OVERFLOW: 'EDGE_HEADERS_TOO_LARGE',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'EDGE_CHUNK',
  HPE_INVALID_METHOD: 'EDGE_METHOD',
  HPE_INVALID_VERSION: 'EDGE_VERSION',
  HPE_INVALID_URL: 'EDGE_TARGET',
  HPE_INVALID_HEADER_TOKEN: 'EDGE_HEADER_SYNTAX',
  HPE_UNEXPECTED_SPACE: 'EDGE_HEADER_SYNTAX',
  HPE_CR_EXPECTED: 'EDGE_BARE_LF',
  HPE_LF_EXPECTED: 'EDGE_HEADER_SYNTAX',
  HPE_INVALID_CONTENT_LENGTH: 'EDGE_CONTENT_LENGTH',
  HPE_UNEXPECTED_CONTENT_LENGTH: 'EDGE_LENGTH_AND_ENCODING',
  HPE_INVALID_TRANSFER_ENCODING: 'EDGE_TRANSFER_ENCODING',
  HPE_INVALID_CHUNK_SIZE: 'EDGE_CHUNK',
  HPE_INVALID_TRAILER: 'EDGE_TRAILER',
}

function refusalOf(error: Error): Refusal {
  const code: unknown = Reflect.get(error, 'code')
  return refusals[codes[String(code)] ?? 'EDGE_REQUEST_LINE']
}

/** One connection that node:http parses. */
class NodeConnection implements Served {
  readonly host: ConnectionHost
  readonly peer: Peer
  private readonly socket: Socket
  private exchange: StreamExchange | null = null
  private served = 0
  private idleSince: number
  private readonly openedAt: number
  private refused = false
  /** When the head that is under way was first seen, or −1. */
  private headSince = -1
  private readonly waiting: (() => void)[] = []

  constructor(socket: Socket, peer: Peer, host: ConnectionHost) {
    this.socket = socket
    this.peer = peer
    this.host = host
    this.idleSince = host.now
    this.openedAt = host.now
    socket.once('close', () => this.exchange?.gone())
  }

  request(request: IncomingMessage, response: ServerResponse): void {
    const head = this.headOf(request)
    if ('refused' in head) {
      this.refuse(head)
      return
    }
    if (this.exchange !== null) {
      // Pipelined: one after the other, as everywhere else.
      this.waiting.push(() => this.begin(request, response, head))
      return
    }
    this.begin(request, response, head)
  }

  private begin(request: IncomingMessage, response: ServerResponse, head: RequestHead): void {
    const options = { head, peer: this.peer, host: this.host }
    const exchange = new NodeExchange(request, response, options, () => this.isLast())
    response.once('close', () => this.ended(exchange))
    this.start(exchange)
  }

  upgrade(request: IncomingMessage, early: Buffer): void {
    const head = this.headOf(request)
    if ('refused' in head) {
      this.refuse(head)
      return
    }
    if (early.length > 0) this.socket.unshift(early)
    this.start(new NodeUpgradeExchange(this.socket, { head, peer: this.peer, host: this.host }))
  }

  /** Answers what was refused before it became a request. */
  refuse(refusal: Refusal): void {
    if (this.refused || this.socket.destroyed) return
    this.refused = true
    const listener = this.exchange?.listener
    const answer =
      listener === undefined ? this.host.handler.refused(this.peer, refusal) : listener.refused(refusal)
    const { status } = refusal
    const framing = `Content-Length: ${Buffer.byteLength(answer.body)}\r\nConnection: close\r\n\r\n`
    const head = `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n${answer.fields}${framing}`
    this.exchange?.gone()
    this.socket.end(head + answer.body)
  }

  sweep(): void {
    const { now, limits } = this.host
    if (this.exchange !== null) {
      this.exchange.sweep()
      return
    }
    const partial = this.socket.bytesRead > this.bytesAtEnd
    if (!partial) this.headSince = -1
    else if (this.headSince < 0) this.headSince = this.served === 0 ? this.openedAt : now
    const since = partial ? this.headSince : this.served === 0 ? this.openedAt : this.idleSince
    const limit = partial || this.served === 0 ? limits.headerTimeoutMs : limits.keepAliveTimeoutMs
    if (now - since < limit) return
    if (partial) this.refuse(refusals.EDGE_HEADER_TIMEOUT)
    else this.socket.destroy()
  }

  endIdle(idleMs: number): void {
    if (this.exchange === null && this.host.now - this.idleSince >= idleMs) this.socket.end()
  }

  destroy(): void {
    this.socket.destroy()
  }

  private bytesAtEnd = 0

  private start(exchange: StreamExchange): void {
    this.exchange = exchange
    this.served += 1
    this.host.handler.request(exchange)
  }

  private isLast(): boolean {
    return this.host.closing || this.served >= this.host.limits.requestsPerConnection
  }

  private ended(exchange: StreamExchange): void {
    exchange.gone()
    if (this.exchange !== exchange) return
    this.exchange = null
    this.idleSince = this.host.now
    this.bytesAtEnd = this.socket.bytesRead
    if (!this.socket.destroyed) this.waiting.shift()?.()
  }

  private headOf(request: IncomingMessage): RequestHead | Refusal {
    if (request.httpVersionMajor !== 1) return refusals.EDGE_VERSION
    return parseListedHead(
      {
        method: request.method ?? '',
        target: request.url ?? '',
        headers: request.rawHeaders,
        minorVersion: request.httpVersionMinor === 0 ? 0 : 1,
      },
      this.host.limits,
    )
  }
}

/**
 * The engine on node:http, the second implementation of `HttpEngine`: Node parses, our strict parser judges the parsed
 * head, limits and times are ours. It exists so that one implementation can be checked
 * against the other.
 */
export function createNodeEngine(options: EngineOptions): HttpEngine {
  const connections = new WeakMap<object, NodeConnection>()
  const server = http.createServer({
    // Refused by our own parser, with our own codes.
    requireHostHeader: false,
    insecureHTTPParser: false,
    joinDuplicateHeaders: false,
    maxHeaderSize: options.limits.headerSizeBytes,
    headersTimeout: 0,
    requestTimeout: 0,
    keepAliveTimeout: 0,
    noDelay: true,
  })
  server.timeout = 0
  server.maxHeadersCount = 0
  server.keepAliveTimeout = 0
  const serve = (request: IncomingMessage, response: ServerResponse): void =>
    connections.get(request.socket)?.request(request, response)
  const refuse = (error: Error, socket: Duplex): void => {
    const connection = connections.get(socket)
    if (connection === undefined) socket.destroy()
    else connection.refuse(refusalOf(error))
  }
  server.on('request', serve)
  server.on('checkContinue', serve)
  server.on('checkExpectation', serve)
  server.on('upgrade', (request, _socket, early) => connections.get(request.socket)?.upgrade(request, early))
  server.on('connect', (request) => connections.get(request.socket)?.refuse(refusals.EDGE_METHOD))
  server.on('clientError', refuse)
  const http1: Serve = (socket, peer, host) => {
    const connection = new NodeConnection(socket, peer, host)
    connections.set(socket, connection)
    server.emit('connection', socket)
    return connection
  }
  return new SocketFront(options, { http1, http2: serveHttp2 })
}
