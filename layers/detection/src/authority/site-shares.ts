import { addressNumber } from './address-number.ts'

/** Requests of a site before its shares say anything. */
export const minRequests = 100
/** Share of a site's requests above which a private address stands for many clients. */
export const sharedAbove = 0.2
/** Time that shares are counted over: this window and the one before. */
export const shareWindowMs = 600_000
/** Private addresses counted of one site; with more of them no single one has a large share. */
export const maxAddresses = 2_000
const maxSites = 1_000

const privateV4 = [
  [0x0a_00_00_00n, 8n],
  [0xac_10_00_00n, 12n],
  [0xc0_a8_00_00n, 16n],
  [0xa9_fe_00_00n, 16n],
  [0x64_40_00_00n, 10n],
] as const

/**
 * True for an address that routers, bridges and proxies of one's own have: RFC 1918, carrier NAT (RFC 6598), link-local,
 * and fc00::/7 and fe80::/10 of IPv6. Loopback is not among them. The text must be canonical.
 */
export function isPrivateAddress(address: string): boolean {
  if (address.includes(':')) return /^f[cd][0-9a-f]{2}:|^fe[89ab][0-9a-f]:/.test(address)
  const number = addressNumber(address)
  return privateV4.some(([first, prefix]) => number >> (32n - prefix) === first >> (32n - prefix))
}

interface Window {
  total: number
  readonly of: Map<string, number>
}

interface Site {
  sinceMs: number
  now: Window
  before: Window
}

const empty = (): Window => ({ total: 0, of: new Map() })

/** How much of each site's requests comes from each private address. */
export class SiteShares {
  readonly #sites = new Map<string, Site>()

  #site(name: string, nowMs: number): Site {
    let site = this.#sites.get(name)
    if (site === undefined) {
      site = { sinceMs: nowMs, now: empty(), before: empty() }
      if (this.#sites.size < maxSites) this.#sites.set(name, site)
    }
    const windows = Math.floor((nowMs - site.sinceMs) / shareWindowMs)
    if (windows >= 1) {
      site.before = windows === 1 ? site.now : empty()
      site.now = empty()
      site.sinceMs += windows * shareWindowMs
    }
    return site
  }

  /** Counts one request. */
  note(name: string, address: string, nowMs: number): void {
    const { now } = this.#site(name, nowMs)
    now.total += 1
    if (!isPrivateAddress(address)) return
    const count = now.of.get(address)
    if (count !== undefined) now.of.set(address, count + 1)
    else if (now.of.size < maxAddresses) now.of.set(address, 1)
  }

  /** The site of which a private address carries too much to be one client; undefined when there is none. */
  sharedAt(address: string, nowMs: number): string | undefined {
    if (!isPrivateAddress(address)) return undefined
    for (const name of this.#sites.keys()) {
      const { now, before } = this.#site(name, nowMs)
      const total = now.total + before.total
      const own = (now.of.get(address) ?? 0) + (before.of.get(address) ?? 0)
      if (total >= minRequests && own > total * sharedAbove) return name
    }
    return undefined
  }
}
