import { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'
import { createServer } from 'node:tls'
import type { SecureContextOptions, Server, TLSSocket, TlsOptions } from 'node:tls'
import type { TlsFacts } from '../http/exchange.ts'
import type { ClientHello } from './client-hello.ts'
import { ticketKeys } from './ticket-keys.ts'

/** Certificates and rules of one site. */
export interface TlsSiteOptions {
  readonly site: string
  /** Lower-case host names, `*.name`, or `*`. */
  readonly hosts: readonly string[]
  readonly context: SecureContextOptions
  /** `off`: none is asked for; `request`: one that is shown must be good; `require`: none is refused. */
  readonly clientCertificates: 'off' | 'request' | 'require'
  readonly http2: boolean
}

/** What was learnt before TLS began. */
export interface Handshake {
  readonly hello: ClientHello
  readonly ja4: string
}

/** Certificates of a listener. */
export interface TlsListener {
  /** Shakes hands; `ready` follows, or the socket closes. Returns what a deadline must destroy besides the socket. */
  shake(socket: Socket, handshake: Handshake, ready: TlsReady): Socket | null
}

/** The connection is encrypted. */
export type TlsReady = (secure: Socket, facts: TlsFacts) => void

interface Waiting {
  readonly handshake: Handshake
  readonly ready: TlsReady
}

// Forward secrecy and authenticated encryption only; the suites of TLS 1.3 are all of that kind (RFC 9325 section 4.2).
const ciphers = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':')

/** Rules of every TLS server of ours (RFC 9325): 1.2 and up, no renegotiation, modern suites. */
export const tlsDefaults: TlsOptions = {
  minVersion: 'TLSv1.2',
  ciphers,
  honorCipherOrder: false,
  ecdhCurve: 'X25519:P-256:P-384',
}

/** Sessions of one site are not taken by another; OpenSSL reads 32 bytes of it. */
function sessionContext(site: string): string {
  return site.slice(0, 32)
}

/** A TLS server of one site; sites share neither session tickets nor trust in client certificates. */
class TlsSite {
  readonly options: TlsSiteOptions
  readonly server: Server
  private readonly waiting: WeakMap<object, Waiting>

  constructor(options: TlsSiteOptions, waiting: WeakMap<object, Waiting>) {
    this.options = options
    this.waiting = waiting
    const asks = options.clientCertificates !== 'off'
    this.server = createServer({
      ...tlsDefaults,
      ...options.context,
      ALPNProtocols: options.http2 ? ['h2', 'http/1.1'] : ['http/1.1'],
      requestCert: asks,
      rejectUnauthorized: options.clientCertificates === 'require',
      sessionIdContext: sessionContext(options.site),
      handshakeTimeout: 0,
    })
    this.server.on('secureConnection', (secure) => this.shaken(secure))
    this.server.on('tlsClientError', (_error, secure) => secure.destroy())
  }

  /** Tickets from now on, and those that are taken: of other processes with the same seed, too. */
  useTickets(seed: Uint8Array): void {
    this.server.setTicketKeys(ticketKeys(seed, this.options.site))
  }

  private shaken(secure: TLSSocket): void {
    // The raw socket under it; the same object that was handed in.
    const parent: unknown = Reflect.get(secure, '_parent')
    const waiting = typeof parent === 'object' && parent !== null ? this.waiting.get(parent) : undefined
    const shown = this.options.clientCertificates !== 'off'
    if (waiting === undefined) {
      secure.destroy()
      return
    }
    const bad = shown && !secure.authorized && hasCertificate(secure)
    if (bad) {
      secure.destroy()
      return
    }
    waiting.ready(secure, factsOf(secure, waiting.handshake, this.options))
  }
}

function hasCertificate(secure: TLSSocket): boolean {
  return secure.getPeerX509Certificate() !== undefined
}

/** A subject on one line: `CN=alice, O=Example`. */
function subjectOf(secure: TLSSocket): string {
  const subject = secure.getPeerX509Certificate()?.subject ?? ''
  return subject
    .replaceAll(/[^\x20-\x7e\n]/g, '?')
    .replaceAll('\n', ', ')
    .slice(0, 512)
}

function factsOf(secure: TLSSocket, { hello, ja4 }: Handshake, options: TlsSiteOptions): TlsFacts {
  return {
    ja4,
    protocol: secure.alpnProtocol === 'h2' ? 'h2' : 'http/1.1',
    version: secure.getProtocol() ?? '',
    cipher: secure.getCipher().standardName,
    serverName: hello.serverName,
    site: options.site,
    clientSubject: options.clientCertificates !== 'off' && secure.authorized ? subjectOf(secure) : '',
  }
}

/** The certificates of all sites of one listener; they can be changed while connections are open. */
export class SiteCertificates implements TlsListener {
  private readonly sites: readonly TlsSite[]
  private readonly waiting = new WeakMap<object, Waiting>()
  private ticketSeed: Uint8Array | null = null

  /** @throws Error when a certificate and its key do not fit. */
  constructor(sites: readonly TlsSiteOptions[]) {
    this.sites = sites.map((options) => new TlsSite(options, this.waiting))
  }

  /** Certificates for all handshakes from now on; a set that cannot be used leaves the old one. @throws Error */
  renew(site: string, context: SecureContextOptions): void {
    const found = this.sites.find(({ options }) => options.site === site)
    found?.server.setSecureContext({ ...tlsDefaults, ...context, sessionIdContext: sessionContext(site) })
    // A new context comes with random keys of its own.
    if (this.ticketSeed !== null) found?.useTickets(this.ticketSeed)
  }

  /** Session tickets are made with keys from this seed from now on; older ones end in a full handshake. */
  useTickets(seed: Uint8Array): void {
    this.ticketSeed = seed
    for (const site of this.sites) site.useTickets(seed)
  }

  shake(socket: Socket, handshake: Handshake, ready: TlsReady): Socket | null {
    const site = this.choose(handshake.hello.serverName)
    if (site === null) {
      // RFC 6066 section 3: an unknown name ends the handshake; no other site's certificate is shown.
      socket.end(unrecognizedName)
      return null
    }
    this.waiting.set(socket, { handshake, ready })
    site.server.emit('connection', socket)
    return null
  }

  /** The most exact host wins, as among sites; a client that names none gets the first site's. */
  private choose(name: string): TlsSite | null {
    let best: TlsSite | null = null
    let length = -1
    for (const site of this.sites) {
      for (const host of site.options.hosts) {
        const fits = host === '*' || host === name || (host.startsWith('*.') && name.endsWith(host.slice(1)))
        const weight = host === name ? 1000 : host.length
        if (fits && weight > length) {
          best = site
          length = weight
        }
      }
    }
    return best ?? (name === '' ? (this.sites[0] ?? null) : null)
  }
}

/** TLS alert `unrecognized_name`, fatal, in a record of its own. */
const unrecognizedName = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x70])
