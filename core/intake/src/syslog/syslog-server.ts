import { createSocket } from 'node:dgram'
import type { Socket as UdpSocket } from 'node:dgram'
import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { Clock } from '@sevenfold/layer'
import type { IntakeCounters, IntakeSource, SourceLine, TakeLines } from '../intake-source.ts'
import { FrameReader, maxSyslogBytes } from './frame-reader.ts'
import { readSyslog } from './syslog-message.ts'

/** What a syslog server needs. */
export interface SyslogOptions {
  readonly protocol: 'udp' | 'tcp' | 'tls'
  readonly listen: { readonly host: string; readonly port: number }
  /** PEM texts for `tls`; with `ca` senders need a certificate by it. */
  readonly tls?: { readonly certificate: string; readonly key: string; readonly ca?: string }
  /** Takes what has no priority as well, as it is. Default false: such packets are dropped and counted. */
  readonly takeAnything?: boolean
  /** Whether a sender may send; default everybody. The protocol itself proves nothing. */
  readonly isAllowed?: (address: string) => boolean
  /** Default {@link maxWaitingDatagrams}. */
  readonly maxWaiting?: number
  readonly onLines: TakeLines
  readonly onError?: (error: unknown) => void
  readonly clock: Clock
}

/** Most senders at a time over TCP and TLS. */
export const maxSyslogConnections = 512
/** Most datagrams that wait; over UDP nobody can be asked to wait, so that the newest are dropped and counted. */
export const maxWaitingDatagrams = 10_000
const idleMs = 600_000

/** Receives syslog messages (RFC 3164, RFC 5424) over UDP (RFC 5426), TCP (RFC 6587) or TLS (RFC 5425). */
export class SyslogServer implements IntakeSource {
  readonly #options: SyslogOptions
  readonly #sockets = new Set<Socket>()
  readonly #waiting: SourceLine[] = []
  readonly #tasks = new Set<Promise<void>>()
  #udp: UdpSocket | undefined
  #server: Server | undefined
  #draining: Promise<void> | undefined
  #lines = 0
  #dropped = 0
  #closed = false

  constructor(options: SyslogOptions) {
    this.#options = options
  }

  /** Listens; resolves with the port. */
  async start(): Promise<number> {
    const { protocol, listen } = this.#options
    if (protocol === 'udp') return await this.#startUdp()
    const server = protocol === 'tls' ? this.#tlsServer() : createServer((socket) => this.#serve(socket))
    this.#server = server
    server.maxConnections = maxSyslogConnections
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(listen.port, listen.host, resolve)
    })
    server.on('error', (error) => this.#options.onError?.(error))
    const address = server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  counters(): IntakeCounters {
    return { lines: this.#lines, dropped: this.#dropped }
  }

  #tlsServer(): Server {
    const { certificate, key, ca } = this.#options.tls ?? { certificate: '', key: '' }
    const server = createTlsServer({
      cert: certificate,
      key,
      minVersion: 'TLSv1.2',
      ...(ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: true }),
    })
    server.on('secureConnection', (socket) => this.#serve(socket))
    server.on('tlsClientError', () => (this.#dropped += 1))
    return server
  }

  #line(packet: string, address: string): SourceLine | undefined {
    const message = readSyslog(packet, { address, nowMs: this.#options.clock.now() })
    const text =
      message?.text ??
      (this.#options.takeAnything === true ? packet.replaceAll(/[\r\n\0]+/g, ' ').trim() : '')
    if (text !== '')
      return {
        text,
        from: address,
        truncated: packet.length >= maxSyslogBytes,
        bytes: Buffer.byteLength(packet),
      }
    this.#dropped += 1
    return undefined
  }

  #mayUse(address: string): boolean {
    const isAllowed = this.#options.isAllowed?.(address) ?? true
    if (!isAllowed) this.#dropped += 1
    return isAllowed
  }

  async #startUdp(): Promise<number> {
    const { listen } = this.#options
    const udp = createSocket(listen.host.includes(':') ? 'udp6' : 'udp4')
    this.#udp = udp
    udp.on('message', (packet, { address }) => {
      if (!this.#mayUse(address)) return
      const line = this.#line(packet.toString('utf8', 0, maxSyslogBytes), address)
      if (line === undefined) return
      if (this.#waiting.length >= (this.#options.maxWaiting ?? maxWaitingDatagrams)) this.#dropped += 1
      else this.#waiting.push(line)
      this.#draining ??= this.#drain()
    })
    await new Promise<void>((resolve, reject) => {
      udp.once('error', reject)
      udp.bind(listen.port, listen.host, () => resolve())
    })
    udp.on('error', (error) => this.#options.onError?.(error))
    return udp.address().port
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = this.#waiting.splice(0, 1_000)
      await this.#give(lines)
    }
    this.#draining = undefined
  }

  /** Gives lines; those that nobody takes are lost: their sender has no way to know. */
  async #give(lines: readonly SourceLine[]): Promise<void> {
    try {
      await this.#options.onLines(lines)
      this.#lines += lines.length
    } catch (error) {
      this.#dropped += lines.length
      this.#options.onError?.(error)
    }
  }

  #serve(socket: Socket): void {
    const address = socket.remoteAddress ?? ''
    if (this.#closed || !this.#mayUse(address)) return void socket.destroy()
    this.#sockets.add(socket)
    socket.setTimeout(idleMs, () => socket.destroy())
    socket.on('error', () => socket.destroy())
    const task = this.#read(socket, address).finally(() => {
      this.#sockets.delete(socket)
      this.#tasks.delete(task)
    })
    this.#tasks.add(task)
  }

  /** Reads one sender; while its lines are being taken nothing more is read, and TCP makes it wait. */
  async #read(socket: Socket, address: string): Promise<void> {
    const reader = new FrameReader()
    try {
      for await (const chunk of socket as AsyncIterable<Buffer>) {
        const messages = reader.push(chunk)
        if (messages === undefined) {
          this.#dropped += 1
          return void socket.destroy()
        }
        await this.#giveMessages(messages, address)
      }
      await this.#giveMessages(reader.end(), address)
    } catch (error) {
      if (!this.#closed && (error as { code?: string }).code !== 'ERR_STREAM_PREMATURE_CLOSE')
        this.#options.onError?.(error)
    }
  }

  async #giveMessages(messages: readonly string[], address: string): Promise<void> {
    const lines = messages.flatMap((message) => this.#line(message, address) ?? [])
    if (lines.length > 0) await this.#give(lines)
  }

  async close(): Promise<void> {
    this.#closed = true
    const udpClosed = new Promise<void>((done) => {
      if (this.#udp === undefined) done()
      else this.#udp.close(() => done())
    })
    const serverClosed = new Promise<void>((done) => {
      if (this.#server === undefined) done()
      else this.#server.close(() => done())
    })
    for (const socket of this.#sockets) socket.destroy()
    await Promise.all([udpClosed, serverClosed, this.#draining, ...this.#tasks])
  }
}
