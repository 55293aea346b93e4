import net from 'node:net'
import type { Server, Socket } from 'node:net'
import type { HttpEngine, Listening, Peer, RequestHandler, TlsFacts } from '../http/exchange.ts'
import { sweepIntervalMs } from '../http/limits.ts'
import type { HttpLimits } from '../http/limits.ts'
import type { ListenOptions } from './listen-options.ts'
import { listeningOf, ownSockets } from '../sockets/socket-source.ts'
import type { SocketSource } from '../sockets/socket-source.ts'
import { collectYoung, newPerCollection } from './collect-young.ts'
import { Newcomers } from './newcomers.ts'
import { Preface } from './preface.ts'
import type { ConnectionHost, Serve, Served } from './served.ts'

/** What an engine needs. `monotonicMs` counts milliseconds from any start. */
export interface EngineOptions {
  readonly limits: HttpLimits
  readonly handler: RequestHandler
  readonly monotonicMs: () => number
  /** Where listening sockets come from; default: this process alone opens them. */
  readonly sockets?: SocketSource
}

/** What serves a connection, by the protocol that client and edge agreed on. */
export interface Protocols {
  readonly http1: Serve
  readonly http2: Serve
}

/** Programs of this host that come through a Unix socket have no address; they count as this one. */
export const unixPeerAddress = '127.0.0.1'
/** While draining, a kept connection is ended only after it was idle for this long: its next request may be under way. */
export const drainIdleMs = 1500
const drainLookMs = 100
/** Time that one turn may spend with deadlines, milliseconds: thousands of them can end at once. */
const sweepSliceMs = 0.1

/** IPv4 clients of a dual-stack listener appear as `::ffff:a.b.c.d`; bans and limits know one spelling only. */
function plainAddress(address: string | undefined): string {
  if (address === undefined) return ''
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
}

/** One listener and what its connections share. */
class Door implements ConnectionHost {
  readonly server: Server
  readonly handler: RequestHandler
  readonly limits: HttpLimits
  readonly options: ListenOptions
  readonly id: number
  private readonly front: SocketFront

  constructor(front: SocketFront, options: ListenOptions, id: number) {
    this.front = front
    this.options = options
    this.id = id
    this.handler = front.options.handler
    this.limits = options.limits ?? front.options.limits
    this.server = net.createServer({ noDelay: true, allowHalfOpen: true }, (socket) =>
      front.accept(socket, this),
    )
  }

  get now(): number {
    return this.front.now
  }

  get closing(): boolean {
    return this.front.closing
  }

  get newcomers(): Newcomers {
    return this.front.newcomers
  }
}

/** A connection that was counted, under the address it is counted for. */
interface Guest {
  address: string
  served: Served
}

/**
 * Takes connections for every engine: counts them, reads what stands before HTTP (PROXY header, ClientHello and TLS),
 * hands them to the protocol, watches their deadlines with one timer, and drains them at the end.
 */
export class SocketFront implements HttpEngine {
  readonly options: EngineOptions
  readonly newcomers: Newcomers
  now: number
  closing = false
  private readonly protocols: Protocols
  private readonly doors: Door[] = []
  private readonly open = new Set<Guest>()
  private readonly perAddress = new Map<string, number>()
  private sweeper: NodeJS.Timeout | null = null
  private whenEmpty: (() => void) | null = null
  private sweeping: Iterator<Guest> | null = null
  /** Connections that were open when the young generation was collected last, or fewer that were open since. */
  private settled = 0

  constructor(options: EngineOptions, protocols: Protocols) {
    this.options = options
    this.protocols = protocols
    this.newcomers = new Newcomers(options.monotonicMs)
    this.now = options.monotonicMs()
  }

  get connections(): number {
    return this.open.size
  }

  async listen(options: ListenOptions): Promise<Listening> {
    const door = new Door(this, options, this.doors.length + 1)
    this.doors.push(door)
    // One timer for all connections: a timer each would cost more than the request.
    this.sweeper ??= setInterval(() => this.sweep(), sweepIntervalMs)
    await (this.options.sockets ?? ownSockets).listen(door.server, options)
    return { id: door.id, ...listeningOf(door.server, options) }
  }

  async close(graceMs: number, patient = false): Promise<void> {
    this.closing = true
    const closed = this.doors.map(
      ({ server }) => new Promise<void>((resolve) => server.close(() => resolve())),
    )
    const idleMs = patient ? drainIdleMs : 0
    this.endIdle(idleMs)
    const looks = setInterval(() => this.endIdle(idleMs), drainLookMs)
    if (this.open.size > 0) await this.drain(graceMs)
    clearInterval(looks)
    for (const guest of this.open) guest.served.destroy()
    await Promise.all(closed)
    if (this.sweeper !== null) clearInterval(this.sweeper)
    this.sweeper = null
    this.sweeping = null
  }

  /** Takes a connection: Node accepts one in each turn of the event loop. */
  accept(socket: Socket, door: Door): void {
    const address = door.options.path === undefined ? plainAddress(socket.remoteAddress) : unixPeerAddress
    const isProxy = door.options.path !== undefined || door.options.proxies?.has(address) === true
    if (address === '' || !this.admit(address, isProxy, door)) {
      socket.destroy()
      return
    }
    this.now = this.options.monotonicMs()
    const peer: Peer = {
      address,
      port: socket.remotePort ?? 0,
      localAddress: plainAddress(socket.localAddress),
      localPort: socket.localPort ?? 0,
      listener: door.id,
      tls: null,
      note: null,
    }
    const guest: Guest = { address, served: nobody }
    this.open.add(guest)
    socket.once('close', () => this.forget(guest))
    this.receive(socket, peer, { door, guest, isProxy })
    if (this.open.size < this.settled + newPerCollection) return
    this.settled = this.open.size
    collectYoung()
  }

  private receive(socket: Socket, peer: Peer, place: { door: Door; guest: Guest; isProxy: boolean }): void {
    const { door, guest } = place
    const { proxies, tls } = door.options
    const announced = proxies !== undefined && proxies.has(peer.address)
    if (!announced && tls === undefined) {
      guest.served = this.protocols.http1(socket, peer, door)
      return
    }
    guest.served = new Preface(socket, {
      host: door,
      announced,
      tls: tls ?? null,
      ready: (ready, client, facts) => this.begin(ready, { ...peer, ...client, tls: facts }, place),
    })
  }

  /** The preface is over: from here on the connection belongs to the client that it named. */
  private begin(socket: Socket, peer: Peer, { door, guest }: { door: Door; guest: Guest }): void {
    if (peer.address !== guest.address) {
      this.leave(guest.address)
      guest.address = ''
      if (!this.admit(peer.address, false, door)) {
        socket.destroy()
        return
      }
      guest.address = peer.address
    }
    const serve = isHttp2(peer.tls) ? this.protocols.http2 : this.protocols.http1
    guest.served = serve(socket, peer, door)
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

  private admit(address: string, isProxy: boolean, { limits, handler }: Door): boolean {
    const open = this.perAddress.get(address) ?? 0
    const full = open >= limits.connectionsPerAddress && !isProxy && !handler.isProxy(address)
    if (full || this.open.size >= limits.connections) {
      handler.overLimit(address)
      return false
    }
    this.perAddress.set(address, open + 1)
    return true
  }

  private forget(guest: Guest): void {
    this.open.delete(guest)
    this.settled = Math.min(this.settled, this.open.size)
    this.leave(guest.address)
    if (this.open.size === 0) this.whenEmpty?.()
  }

  private leave(address: string): void {
    if (address === '') return
    const open = (this.perAddress.get(address) ?? 1) - 1
    if (open <= 0) this.perAddress.delete(address)
    else this.perAddress.set(address, open)
  }

  private endIdle(idleMs: number): void {
    this.now = this.options.monotonicMs()
    for (const guest of this.open) guest.served.endIdle(idleMs)
  }

  private sweep(): void {
    this.now = this.options.monotonicMs()
    if (this.sweeping !== null) return
    this.sweeping = this.open.values()
    this.sweepSome()
  }

  /** Looks at deadlines for a moment; the rest is looked at in the next turn, after whatever came in. */
  private readonly sweepSome = (): void => {
    const guests = this.sweeping
    if (guests === null) return
    const until = this.options.monotonicMs() + sweepSliceMs
    do {
      const next = guests.next()
      if (next.done === true) {
        this.sweeping = null
        return
      }
      next.value.served.sweep()
    } while (this.options.monotonicMs() < until)
    setImmediate(this.sweepSome)
  }
}

const nobody: Served = { sweep: () => undefined, endIdle: () => undefined, destroy: () => undefined }

function isHttp2(tls: TlsFacts | null): boolean {
  return tls !== null && tls.protocol === 'h2'
}
