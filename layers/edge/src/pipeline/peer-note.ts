import type { BanHit } from '../ban/ban-table.ts'
import type { Peer } from '../http/exchange.ts'
import type { RequestHead } from '../http/request-head.ts'
import { clientAddress } from '../address/client-address.ts'
import type { GatewayContext } from './gateway-context.ts'
import type { SiteRouter } from './site-router.ts'
import type { Site } from './site.ts'

/**
 * What is worked out once for a connection and serves all its requests: most requests of a connection have the same
 * host, the same client and the same standing. Kept on `Peer.note`.
 */
export class PeerNote {
  /** Host name that `site` was found for. */
  host = ''
  site: Site | null = null
  /** Router that `site` came from: a reload ends what was remembered. */
  router: SiteRouter | null = null
  /** Client address of the last request. */
  address: string
  /** Forwarding headers for the upstream that depend on the client alone. */
  forwarded: string
  /** True when the client of the last request was named by a declared proxy. */
  viaProxy = false
  private readonly peer: string
  private scheme: string
  private readonly certificate: string
  private banVersion = -1
  private banHit: BanHit | null = null

  constructor(peer: Peer) {
    this.peer = peer.address
    this.address = peer.address
    this.scheme = peer.tls === null ? 'http' : 'https'
    const subject = peer.tls === null ? '' : peer.tls.clientSubject
    this.certificate = subject === '' ? '' : `X-Sevenfold-Client-Certificate: ${subject}\r\n`
    this.forwarded = this.linesOf(peer.address)
  }

  /** Works out the client of a request; only behind a declared proxy can it change. */
  setClient({ forwardedFor, claims }: RequestHead, site: Site): void {
    if (site.proxies.size === 0 && this.address === this.peer) return
    this.viaProxy = site.proxies.has(this.peer)
    const address = clientAddress(this.peer, forwardedFor, site.proxies)
    const scheme = this.viaProxy ? (forwardedScheme.exec(claims)?.[1] ?? this.scheme) : this.scheme
    if (address === this.address && scheme === this.scheme) return
    this.scheme = scheme
    this.address = address
    this.forwarded = this.linesOf(address)
    this.banVersion = -1
  }

  private linesOf(address: string): string {
    return `X-Forwarded-For: ${address}\r\nX-Real-IP: ${address}\r\nX-Forwarded-Proto: ${this.scheme}\r\n${this.certificate}`
  }

  /** The decision on the client; looked up again only after the table changed or the decision ended. */
  ban(context: GatewayContext): BanHit | null {
    const version = context.banVersion()
    if (version !== this.banVersion) {
      this.banVersion = version
      this.banHit = context.ban(this.address)
    } else if (this.banHit !== null && this.banHit.until * 1000 <= context.now()) {
      this.banHit = context.ban(this.address)
    }
    return this.banHit
  }
}

// A proxy in front ends the encryption; whether the client was encrypted only it can say.
const forwardedScheme = /(?:^|\r\n)X-Forwarded-Proto: (https?)\r\n/i

/** The note of a connection; made at its first request. */
export function noteOf(peer: Peer): PeerNote {
  const { note } = peer
  if (note instanceof PeerNote) return note
  const made = new PeerNote(peer)
  peer.note = made
  return made
}
