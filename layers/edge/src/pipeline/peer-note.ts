import type { BanHit } from '../ban/ban-table.ts'
import type { Peer } from '../http/exchange.ts'
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
  private readonly peer: string
  private banVersion = -1
  private banHit: BanHit | null = null

  constructor(peer: Peer) {
    this.peer = peer.address
    this.address = peer.address
    this.forwarded = forwardedLines(peer.address)
  }

  /** Works out the client of a request; only behind a declared proxy can it change. */
  setClient(forwardedFor: string, site: Site): void {
    if (site.proxies.size === 0 && this.address === this.peer) return
    const address = clientAddress(this.peer, forwardedFor, site.proxies)
    if (address === this.address) return
    this.address = address
    this.forwarded = forwardedLines(address)
    this.banVersion = -1
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

/** The note of a connection; made at its first request. */
export function noteOf(peer: Peer): PeerNote {
  const { note } = peer
  if (note instanceof PeerNote) return note
  const made = new PeerNote(peer)
  peer.note = made
  return made
}

function forwardedLines(address: string): string {
  return `X-Forwarded-For: ${address}\r\nX-Real-IP: ${address}\r\nX-Forwarded-Proto: http\r\n`
}
