import { Buffer } from 'node:buffer'
import http from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Exchange, Listening, Peer, RefusalAnswer } from '../http/exchange.ts'
import type { HttpLimits } from '../http/limits.ts'
import { refusals } from '../http/refusal.ts'
import type { Refusal } from '../http/refusal.ts'
import { noLength } from '../http/request-head.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { BlockRecord } from '../pipeline/request-record.ts'
import { AppsecExchange } from './appsec-exchange.ts'
import type { AppsecBody } from './appsec-exchange.ts'
import type { AppsecKeys } from './appsec-keys.ts'
import { appsecStory, shownKeys } from './appsec-story.ts'
import { allowed, appsecVerdict, banned, failed, unknownBouncer } from './appsec-verdict.ts'
import type { AppsecVerdict } from './appsec-verdict.ts'
import { listeningOf, ownSockets } from '../sockets/socket-source.ts'
import type { SocketPlace, SocketSource } from '../sockets/socket-source.ts'

/** What an agent serves. */
export interface AppsecOptions {
  readonly judge: (exchange: Exchange) => void
  readonly refused: (peer: Peer, refusal: Refusal, head?: RequestHead) => RefusalAnswer
  /** What stopped a request that was judged. */
  readonly stoppedBy: (head: RequestHead) => BlockRecord | undefined
  /** Who may ask. */
  readonly trusts: (address: string) => boolean
  readonly keys: AppsecKeys
  readonly limits: HttpLimits
  readonly body: AppsecBody
  readonly onInspectionFailure: () => 'refuse' | 'pass'
  readonly monotonicMs: () => number
}

/** Connections of bouncers to one agent. */
export const appsecConnectionLimit = 1024
/** Room for the headers of the protocol beside those of the original request, bytes. */
const storySize = 4096
/** How long the rest of a body that nobody needs is read, milliseconds. */
const lingerMs = 10_000

function peerOf(address: string): Peer {
  return { address, port: 0, localAddress: '', localPort: 0, listener: 0, tls: null, note: null }
}

function addressOf(socket: Socket): string {
  return (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '')
}

/** Speaks the protocol of CrowdSec's AppSec component with its bouncers: request with body in, verdict out. */
export class AppsecAgent {
  private readonly options: AppsecOptions
  private readonly server: Server

  constructor(options: AppsecOptions) {
    this.options = options
    const { limits, body } = options
    this.server = http.createServer({
      maxHeaderSize: limits.headerSizeBytes + limits.targetSizeBytes + storySize,
      headersTimeout: limits.headerTimeoutMs,
      requestTimeout: limits.headerTimeoutMs + body.bodyTimeoutMs + lingerMs,
      connectionsCheckingInterval: 1000,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      noDelay: true,
    })
    // Node would cut the list off: what is too much is refused by our own limit.
    this.server.maxHeadersCount = 0
    this.server.maxConnections = appsecConnectionLimit
    const answer = (question: IncomingMessage, response: ServerResponse): void => {
      this.asked(question, response)
    }
    this.server.on('request', answer)
    // A header of the original request: the bouncer waits for nothing.
    this.server.on('checkExpectation', answer)
    this.server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      if ('remoteAddress' in socket) this.malformed(error, socket as Socket)
      else socket.destroy()
    })
  }

  /** Listens at a place. */
  async listen(place: SocketPlace, sockets: SocketSource = ownSockets): Promise<Listening> {
    await sockets.listen(this.server, place)
    return { id: 1, ...listeningOf(this.server, place) }
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      const late = setTimeout(() => this.server.closeAllConnections(), 500)
      this.server.close(() => {
        clearTimeout(late)
        resolve()
      })
      this.server.closeIdleConnections()
    })
  }

  private mayAsk(socket: Socket): boolean {
    const address = addressOf(socket)
    return address === '' || this.options.trusts(address)
  }

  private asked(question: IncomingMessage, response: ServerResponse): void {
    const { keys, limits, refused } = this.options
    const list = question.rawHeaders
    // A client may have shown a key, too: any good one is the bouncer's.
    if (!this.mayAsk(question.socket) || !shownKeys(list).some((key) => keys.has(key))) {
      send(response, unknownBouncer)
      return
    }
    const story = appsecStory(list, limits)
    if (story.kind === 'incomplete') {
      send(response, failed(`missing or malformed ${story.header}`))
    } else if (story.kind === 'refused') {
      refused(peerOf(story.client === '' ? addressOf(question.socket) : story.client), story.refusal)
      send(response, banned)
    } else this.judge(question, response, { head: story.head, peer: peerOf(story.client) })
  }

  private judge(
    question: IncomingMessage,
    response: ServerResponse,
    { head, peer }: { readonly head: RequestHead; readonly peer: Peer },
  ): void {
    const { body, refused, stoppedBy, judge, monotonicMs, onInspectionFailure } = this.options
    const isLong = head.contentLength > body.bodySizeBytes
    if (isLong && body.onLongBody === 'drop') {
      refused(peer, refusals.EDGE_BODY_TOO_LARGE, head)
      send(response, banned)
      return
    }
    const seen = isLong && body.onLongBody === 'allow' ? { ...head, contentLength: noLength } : head
    const exchange = new AppsecExchange({
      head: seen,
      peer,
      question,
      body,
      monotonicMs,
      outcome: {
        answered: (status) => send(response, appsecVerdict(status, stoppedBy(seen), seen.canary !== '')),
        broken: () => send(response, banned),
        refused: () => send(response, banned),
        record: (refusal) => void refused(peer, refusal, seen),
      },
    })
    response.once('close', () => exchange.gone())
    try {
      judge(exchange)
    } catch {
      // A defect of ours: as when an inspection fails.
      send(response, onInspectionFailure() === 'pass' ? allowed : failed('internal error'))
    }
  }

  /** What Node's parser does not take is no request for an application either. */
  private malformed(error: NodeJS.ErrnoException, socket: Socket): void {
    const code = error.code ?? ''
    const isGone = !code.startsWith('HPE_') || code === 'HPE_INVALID_EOF_STATE' // late, or broken off
    if (isGone || !socket.writable || !this.mayAsk(socket)) {
      socket.destroy()
      return
    }
    const tooLong = code === 'HPE_HEADER_OVERFLOW'
    const refusal = tooLong ? refusals.EDGE_HEADERS_TOO_LARGE : refusals.EDGE_HEADER_SYNTAX
    this.options.refused(peerOf(addressOf(socket)), refusal)
    const body = JSON.stringify(banned.body)
    socket.end(
      `HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    )
  }
}

function send(response: ServerResponse, { status, body }: AppsecVerdict): void {
  if (response.headersSent || response.destroyed) return
  const bytes = Buffer.from(JSON.stringify(body))
  // Behind an upgrade that was not taken, Node's parser does not notice heads that are too long.
  if (response.req.headers.upgrade !== undefined) response.shouldKeepAlive = false
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': bytes.length })
  response.end(bytes)
}
