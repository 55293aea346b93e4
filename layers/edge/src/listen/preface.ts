import { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'
import type { Peer, TlsFacts } from '../http/exchange.ts'
import { helloIncomplete, helloMalformed, readClientHello } from '../tls/client-hello.ts'
import { ja4 } from '../tls/ja4.ts'
import type { TlsListener } from '../tls/tls-listener.ts'
import { proxyIncomplete, proxyMalformed, readProxyHeader } from './proxy-header.ts'
import type { ConnectionHost, Served } from './served.ts'

type Client = Partial<Pick<Peer, 'address' | 'port'>>

/** What a preface is made with. */
export interface PrefaceOptions {
  readonly host: ConnectionHost
  /** True: a PROXY protocol header comes first. */
  readonly announced: boolean
  readonly tls: TlsListener | null
  /** The connection is ready for HTTP. */
  ready(socket: Socket, client: Client, tls: TlsFacts | null): void
}

const phase = { proxy: 0, hello: 1, handshake: 2, over: 3 } as const

/**
 * What stands before HTTP on a connection: the PROXY header of a declared proxy, then the ClientHello, which is read
 * before TLS sees it (fingerprint, name of the site), then the handshake. The whole must be over within
 * `tlsHandshakeTimeout`.
 */
export class Preface implements Served {
  private readonly socket: Socket
  private readonly options: PrefaceOptions
  private readonly deadline: number
  private at: number
  private client: Client = {}
  private secure: Socket | null = null
  private held: Buffer | null = null

  constructor(socket: Socket, options: PrefaceOptions) {
    this.socket = socket
    this.options = options
    this.deadline = options.host.now + options.host.limits.tlsHandshakeTimeoutMs
    this.at = options.announced ? phase.proxy : phase.hello
    socket.on('error', this.onError)
    socket.on('end', this.onEnd)
    socket.on('readable', this.onReadable)
  }

  sweep(): void {
    if (this.options.host.now >= this.deadline) this.destroy()
  }

  endIdle(): void {
    // A handshake under way is followed by a request: it gets its time.
  }

  destroy(): void {
    this.at = phase.over
    this.secure?.destroy()
    this.socket.destroy()
  }

  private readonly onError = (): void => this.destroy()

  private readonly onEnd = (): void => this.destroy()

  private readonly onReadable = (): void => {
    const bytes = this.socket.read() as Buffer | null
    if (bytes === null) return
    this.held = this.take(this.held === null ? bytes : Buffer.concat([this.held, bytes]))
  }

  /** Works on all bytes so far; gives back those that wait for more, or null when the preface is over. */
  private take(bytes: Buffer): Buffer | null {
    let rest = bytes
    if (this.at === phase.proxy) {
      const header = readProxyHeader(rest)
      if (header === proxyIncomplete) return rest
      if (header === proxyMalformed) return this.refuse()
      if (header.client !== null) this.client = header.client
      rest = rest.subarray(header.length)
      if (this.options.tls === null) return this.plain(rest)
      this.at = phase.hello
    }
    return this.takeHello(rest)
  }

  private takeHello(bytes: Buffer): Buffer | null {
    const { tls } = this.options
    if (tls === null || bytes.length === 0) return bytes
    const hello = readClientHello(bytes)
    if (hello === helloIncomplete) return bytes
    if (hello === helloMalformed) return this.refuse()
    this.release()
    this.at = phase.handshake
    // TLS reads from the first byte of its own.
    this.socket.unshift(bytes)
    const handshake = { hello, ja4: ja4(hello) }
    this.secure = tls.shake(this.socket, handshake, (secure, facts) => this.over(secure, facts))
    return null
  }

  private plain(rest: Buffer): null {
    this.release()
    if (rest.length > 0) this.socket.unshift(rest)
    this.over(this.socket, null)
    return null
  }

  private refuse(): null {
    this.destroy()
    return null
  }

  private over(socket: Socket, facts: TlsFacts | null): void {
    if (this.at === phase.over) {
      socket.destroy()
      return
    }
    this.at = phase.over
    this.options.ready(socket, this.client, facts)
  }

  private release(): void {
    this.socket.off('readable', this.onReadable)
    this.socket.off('end', this.onEnd)
    // An error of the raw connection reaches the next reader too; without any listener it would end the process.
  }
}
