import { Buffer } from 'node:buffer'
import net from 'node:net'
import type { Server, Socket } from 'node:net'
import { parseListedHead } from '../http/head-of-list.ts'
import { parseHeaderFields } from '../http/header-fields.ts'
import type { Exchange, Listening, Peer, RefusalAnswer } from '../http/exchange.ts'
import type { HttpLimits } from '../http/limits.ts'
import type { Refusal } from '../http/refusal.ts'
import { noLength } from '../http/request-head.ts'
import type { RequestHead } from '../http/request-head.ts'
import { AskedExchange } from './asked-exchange.ts'
import {
  SpopError,
  makeSpopActions,
  makeSpopFrame,
  makeSpopPairs,
  readSpopFrames,
  readSpopMessages,
  readSpopPairs,
  spopFrame,
  spopFrameLimit,
} from './spop.ts'
import type { SpopFrame, SpopMessage, SpopValue } from './spop.ts'
import { listeningOf, ownSockets } from '../sockets/socket-source.ts'
import type { SocketPlace, SocketSource } from '../sockets/socket-source.ts'

/** What an agent serves. */
export interface SpoeAgentOptions {
  readonly judge: (exchange: Exchange) => void
  readonly refused: (peer: Peer, refusal: Refusal) => RefusalAnswer
  /** Who may ask. */
  readonly trusts: (address: string) => boolean
  readonly limits: HttpLimits
}

/** Most questions that one connection of HAProxy may have open. */
export const spoeOpenLimit = 4096
/** Connections of HAProxy to one agent. */
export const spoeConnectionLimit = 1024
const agentFrameSize = 16_384
const version = '2.0'
const disconnectNormal = 0
const disconnectInvalid = 4

function textOf(value: SpopValue | undefined): string {
  if (typeof value === 'string') return value
  return Buffer.isBuffer(value) ? value.toString('latin1') : ''
}

/** The request that a message is about (arguments of our own snippet: src, method, uri, version, headers). */
function headOf({ args }: SpopMessage, limits: HttpLimits): RequestHead | Refusal {
  const head = parseListedHead(
    {
      method: textOf(args.get('method')),
      target: textOf(args.get('uri')),
      headers: parseHeaderFields(textOf(args.get('headers'))),
      minorVersion: textOf(args.get('version')) === '1.0' ? 0 : 1,
    },
    limits,
  )
  return 'refused' in head ? head : { ...head, contentLength: noLength, chunked: false, upgrade: false }
}

/** One connection of HAProxy. */
class SpoeConnection {
  private readonly socket: Socket
  private readonly options: SpoeAgentOptions
  private readonly open = new Set<AskedExchange>()
  private rest: Buffer = Buffer.alloc(0)
  private greeted = false

  private constructor(socket: Socket, options: SpoeAgentOptions) {
    this.socket = socket
    this.options = options
    socket.on('data', (chunk) => this.take(chunk))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      for (const asked of this.open) asked.gone()
      this.open.clear()
    })
  }

  static serve(socket: Socket, options: SpoeAgentOptions): SpoeConnection {
    return new SpoeConnection(socket, options)
  }

  private take(chunk: Buffer): void {
    try {
      const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk])
      this.rest = readSpopFrames(bytes, (frame) => this.act(frame))
    } catch (error) {
      if (!(error instanceof SpopError)) throw error
      this.leave(disconnectInvalid, error.message)
    }
  }

  private act(frame: SpopFrame): void {
    if (frame.type === spopFrame.haproxyHello) this.hello(frame)
    else if (frame.type === spopFrame.haproxyDisconnect) this.leave(disconnectNormal, 'bye')
    else if (frame.type === spopFrame.notify && this.greeted) this.notified(frame)
    else throw new SpopError(`unexpected frame ${frame.type}`)
  }

  private hello({ payload }: SpopFrame): void {
    const said = readSpopPairs(payload)
    const frameSize = said.get('max-frame-size')
    const answer = makeSpopPairs({
      version,
      'max-frame-size': Math.min(typeof frameSize === 'number' ? frameSize : agentFrameSize, spopFrameLimit),
      capabilities: 'pipelining',
    })
    this.greeted = true
    this.socket.write(makeSpopFrame(spopFrame.agentHello, { stream: 0, id: 0 }, answer))
    if (said.get('healthcheck') === true) this.socket.end()
  }

  private notified(frame: SpopFrame): void {
    const [message] = readSpopMessages(frame.payload)
    if (message === undefined || this.open.size >= spoeOpenLimit) {
      this.answer(frame, {})
      return
    }
    const peer = this.peerOf(message)
    const head = headOf(message, this.options.limits)
    if ('refused' in head) {
      this.options.refused(peer, head)
      this.answer(frame, { verdict: 'block', status: head.status })
      return
    }
    const asked = new AskedExchange(head, peer, {
      verdict: ({ status, fields }) => {
        this.open.delete(asked)
        const passes = status >= 200 && status < 300
        const id = /(?:^|\r\n)X-Request-Id: ([^\r]+)/i.exec(fields)?.[1] ?? ''
        this.answer(frame, { verdict: passes ? 'pass' : 'block', status, request_id: id })
      },
      broken: () => {
        this.open.delete(asked)
        this.answer(frame, { verdict: 'block', status: 403 })
      },
    })
    this.open.add(asked)
    this.options.judge(asked)
  }

  private peerOf({ args }: SpopMessage): Peer {
    return {
      address: textOf(args.get('src')),
      port: 0,
      localAddress: '',
      localPort: 0,
      listener: 0,
      tls: null,
      note: null,
    }
  }

  private answer({ stream, id }: SpopFrame, variables: Readonly<Record<string, string | number>>): void {
    if (this.socket.writable) {
      this.socket.write(makeSpopFrame(spopFrame.ack, { stream, id }, makeSpopActions(variables)))
    }
  }

  private leave(code: number, message: string): void {
    const pairs = makeSpopPairs({ 'status-code': code, message })
    this.socket.end(makeSpopFrame(spopFrame.agentDisconnect, { stream: 0, id: 0 }, pairs))
  }
}

/** An agent of HAProxy's SPOE (protocol version 2.0): judges heads, answers with variables. */
export class SpoeAgent {
  private readonly options: SpoeAgentOptions
  private readonly server: Server
  private readonly sockets = new Set<Socket>()

  constructor(options: SpoeAgentOptions) {
    this.options = options
    this.server = net.createServer({ noDelay: true }, (socket) => this.accept(socket))
    this.server.maxConnections = spoeConnectionLimit
  }

  /** Listens at a place. */
  async listen(place: SocketPlace, sockets: SocketSource = ownSockets): Promise<Listening> {
    await sockets.listen(this.server, place)
    return { id: 1, ...listeningOf(this.server, place) }
  }

  close(): Promise<void> {
    for (const socket of this.sockets) socket.end()
    return new Promise((resolve) => {
      const late = setTimeout(() => {
        for (const socket of this.sockets) socket.destroy()
      }, 500)
      this.server.close(() => {
        clearTimeout(late)
        resolve()
      })
    })
  }

  private accept(socket: Socket): void {
    const address = (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '')
    const isLocal = address === ''
    if (!isLocal && !this.options.trusts(address)) {
      socket.destroy()
      return
    }
    this.sockets.add(socket)
    socket.once('close', () => this.sockets.delete(socket))
    SpoeConnection.serve(socket, this.options)
  }
}
