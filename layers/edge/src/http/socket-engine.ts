import net from 'node:net'
import type { Server, Socket } from 'node:net'
import { ClientConnection } from './client-connection.ts'
import type { ConnectionHost } from './client-connection.ts'
import type { HttpEngine, Listening, Peer, RequestHandler } from './exchange.ts'
import { sweepIntervalMs } from './limits.ts'
import type { HttpLimits } from './limits.ts'

/** What an engine needs. `monotonicMs` counts milliseconds from any start. */
export interface EngineOptions {
  readonly limits: HttpLimits
  readonly handler: RequestHandler
  readonly monotonicMs: () => number
}

const backlog = 4096

/** IPv4 clients of a dual-stack listener appear as `::ffff:a.b.c.d`; bans and limits know one spelling only. */
function plainAddress(address: string | undefined): string {
  if (address === undefined) return ''
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
}

class SocketEngine implements HttpEngine, ConnectionHost {
  readonly limits: HttpLimits
  readonly handler: RequestHandler
  now: number
  closing = false
  private readonly monotonicMs: () => number
  private readonly servers: Server[] = []
  private readonly open = new Set<ClientConnection>()
  private readonly perAddress = new Map<string, number>()
  private sweeper: NodeJS.Timeout | null = null
  private whenEmpty: (() => void) | null = null

  constructor(options: EngineOptions) {
    this.limits = options.limits
    this.handler = options.handler
    this.monotonicMs = options.monotonicMs
    this.now = options.monotonicMs()
  }

  get connections(): number {
    return this.open.size
  }

  listen(host: string, port: number): Promise<Listening> {
    const server = net.createServer({ noDelay: true, allowHalfOpen: true }, (socket) => this.accept(socket))
    this.servers.push(server)
    this.sweeper ??= setInterval(() => this.sweep(), sweepIntervalMs)
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host, port, backlog }, () => {
        server.off('error', reject)
        const address = server.address()
        const taken = typeof address === 'object' && address !== null ? address.port : port
        resolve({ host, port: taken })
      })
    })
  }

  async close(graceMs: number): Promise<void> {
    this.closing = true
    const closed = this.servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())))
    for (const connection of this.open) connection.endIdle()
    if (this.open.size > 0) await this.drain(graceMs)
    for (const connection of this.open) connection.destroy()
    await Promise.all(closed)
    if (this.sweeper !== null) clearInterval(this.sweeper)
    this.sweeper = null
  }

  private drain(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, graceMs)
      this.whenEmpty = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  private accept(socket: Socket): void {
    const address = plainAddress(socket.remoteAddress)
    if (address === '' || !this.admit(address)) {
      socket.destroy()
      return
    }
    const peer: Peer = {
      address,
      port: socket.remotePort ?? 0,
      localAddress: plainAddress(socket.localAddress),
      localPort: socket.localPort ?? 0,
      note: null,
    }
    this.now = this.monotonicMs()
    const connection = new ClientConnection(socket, peer, this)
    this.open.add(connection)
    socket.once('close', () => this.forget(connection, address))
  }

  private admit(address: string): boolean {
    const open = this.perAddress.get(address) ?? 0
    const full = open >= this.limits.connectionsPerAddress && !this.handler.isProxy(address)
    if (full || this.open.size >= this.limits.connections) {
      this.handler.overLimit(address)
      return false
    }
    this.perAddress.set(address, open + 1)
    return true
  }

  private forget(connection: ClientConnection, address: string): void {
    this.open.delete(connection)
    const open = (this.perAddress.get(address) ?? 1) - 1
    if (open <= 0) this.perAddress.delete(address)
    else this.perAddress.set(address, open)
    if (this.open.size === 0) this.whenEmpty?.()
  }

  // One timer for all connections: a timer each would cost more than the request.
  private sweep(): void {
    this.now = this.monotonicMs()
    for (const connection of this.open) connection.sweep()
  }
}

/** The engine on raw sockets: HTTP/1.1 by RFC 9112, nothing of node:http in the path of a request. */
export function createSocketEngine(options: EngineOptions): HttpEngine {
  return new SocketEngine(options)
}
