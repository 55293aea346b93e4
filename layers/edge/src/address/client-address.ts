import { maskWords, parseIpInto, parseIpRange } from './ip-words.ts'
import type { IpRange } from './ip-words.ts'

/** A few networks, looked through one by one: declared proxies. */
export interface NetworkSet {
  has(address: string): boolean
  readonly size: number
}

const scratch = new Uint32Array(4)

function contains(range: IpRange, address: Uint32Array): boolean {
  scratch.set(address)
  maskWords(scratch, range.bits)
  for (let i = 0; i < 4; i += 1) if (scratch[i] !== range.words[i]) return false
  return true
}

/** A set of the addresses and CIDR ranges in `networks`; throws on a malformed one. */
export function createNetworkSet(networks: readonly string[]): NetworkSet {
  const ranges = networks.map((network) => {
    const range = parseIpRange(network)
    if (range === null) throw new Error(`not an address or network: ${network}`)
    return range
  })
  const words = new Uint32Array(4)
  return {
    size: ranges.length,
    has: (address) => parseIpInto(address, words) && ranges.some((range) => contains(range, words)),
  }
}

/** Most entries of X-Forwarded-For that are looked at, from the right. */
export const maxForwardedEntries = 32

/** An entry as an address: without port, brackets and quotes; empty when it is none. */
function entryAddress(entry: string): string {
  const text = entry.trim()
  const bracketed = /^"?\[([0-9a-fA-F:.]+)\](?::\d{1,5})?"?$/.exec(text)?.[1]
  if (bracketed !== undefined) return bracketed
  const withPort = /^([0-9.]+):\d{1,5}$/.exec(text)?.[1] ?? text
  return parseIpInto(withPort, new Uint32Array(4)) ? withPort : ''
}

/**
 * The client's address: the socket peer; only when that peer is a declared proxy, the rightmost entry of
 * X-Forwarded-For that is no declared proxy. A malformed entry ends the walk: what stands left of it was not written
 * by anybody we trust.
 */
export function clientAddress(peer: string, forwardedFor: string, proxies: NetworkSet): string {
  if (proxies.size === 0 || forwardedFor === '' || !proxies.has(peer)) return peer
  const entries = forwardedFor.split(',').slice(-maxForwardedEntries)
  let nearest = peer
  for (const entry of entries.toReversed()) {
    const address = entryAddress(entry)
    if (address === '') return nearest
    nearest = address
    if (!proxies.has(address)) return address
  }
  return nearest
}
