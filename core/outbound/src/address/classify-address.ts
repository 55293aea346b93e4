import { addressBytes } from './address-bytes.ts'

/** What an address is for; only `public` is reached without being named in the configuration. */
export type AddressClass = 'public' | 'loopback' | 'private' | 'link-local' | 'metadata' | 'reserved'

type Block = readonly [prefix: string, length: number, kind: AddressClass]

/**
 * IANA special-purpose registries for IPv4 and IPv6 (RFC 6890 and its updates), and the addresses where clouds
 * hand out credentials. The first match counts, so single addresses stand before the blocks around them.
 */
const blocks4: readonly Block[] = [
  ['168.63.129.16', 32, 'metadata'],
  ['100.100.100.200', 32, 'metadata'],
  ['192.0.0.192', 32, 'metadata'],
  ['169.254.0.0', 16, 'link-local'],
  ['0.0.0.0', 8, 'loopback'],
  ['127.0.0.0', 8, 'loopback'],
  ['10.0.0.0', 8, 'private'],
  ['100.64.0.0', 10, 'private'],
  ['172.16.0.0', 12, 'private'],
  ['192.168.0.0', 16, 'private'],
  ['192.0.0.0', 24, 'reserved'],
  ['192.0.2.0', 24, 'reserved'],
  ['192.88.99.0', 24, 'reserved'],
  ['198.18.0.0', 15, 'reserved'],
  ['198.51.100.0', 24, 'reserved'],
  ['203.0.113.0', 24, 'reserved'],
  ['224.0.0.0', 4, 'reserved'],
  ['240.0.0.0', 4, 'reserved'],
]

const blocks6: readonly Block[] = [
  ['fd00:ec2::254', 128, 'metadata'],
  ['fd20:ce::254', 128, 'metadata'],
  ['::1', 128, 'loopback'],
  ['::', 128, 'loopback'],
  ['fc00::', 7, 'private'],
  ['fe80::', 10, 'link-local'],
  ['fec0::', 10, 'private'],
  ['2001::', 23, 'reserved'],
  ['2001:db8::', 32, 'reserved'],
  ['3fff::', 20, 'reserved'],
]

/** Forms of IPv6 that carry an IPv4 address, and where in the 16 bytes it begins. */
const carriers: readonly (readonly [prefix: string, length: number, at: number])[] = [
  ['::ffff:0:0', 96, 12],
  ['::ffff:0:0:0', 96, 12],
  ['64:ff9b::', 96, 12],
  ['2002::', 16, 2],
]

function inBlock(bytes: Uint8Array, prefix: string, length: number): boolean {
  const start = addressBytes(prefix)
  if (start === undefined) return false
  for (let bit = 0; bit < length; bit += 8) {
    const mask = length - bit >= 8 ? 0xff : (0xff << (8 - (length - bit))) & 0xff
    if (((bytes[bit / 8] ?? 0) & mask) !== ((start[bit / 8] ?? 0) & mask)) return false
  }
  return true
}

function classify4(bytes: Uint8Array): AddressClass {
  // The common metadata address is link-local by block, but nothing else there is as dangerous.
  if (inBlock(bytes, '169.254.169.254', 32) || inBlock(bytes, '169.254.170.2', 32)) return 'metadata'
  return blocks4.find(([prefix, length]) => inBlock(bytes, prefix, length))?.[2] ?? 'public'
}

function classify6(bytes: Uint8Array): AddressClass {
  const own = blocks6.find(([prefix, length]) => inBlock(bytes, prefix, length))
  if (own !== undefined) return own[2]
  for (const [prefix, length, at] of carriers) {
    if (inBlock(bytes, prefix, length)) return classify4(bytes.subarray(at, at + 4))
  }
  // Global unicast is 2000::/3; the rest is unassigned, multicast, discard, local NAT64 or IPv4-compatible.
  return inBlock(bytes, '2000::', 3) ? 'public' : 'reserved'
}

/** Class of a literal address of either family; text that is no address is `reserved`, so that it is never reached. */
export function classifyAddress(address: string): AddressClass {
  const bytes = addressBytes(address)
  if (bytes === undefined) return 'reserved'
  return bytes.length === 4 ? classify4(bytes) : classify6(bytes)
}
