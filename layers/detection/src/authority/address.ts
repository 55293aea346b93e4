import { isIP } from 'node:net'

/** A prefix longer than this is no CIDR range. */
const maxTextLength = 64

function canonicalV6(text: string): string | undefined {
  // The URL parser writes IPv6 in the one form of RFC 5952, without zone.
  if (text.includes('%') || !URL.canParse(`http://[${text}]/`)) return undefined
  const written = new URL(`http://[${text}]/`).hostname.slice(1, -1)
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(written)
  if (mapped === null) return written
  const high = Number.parseInt(mapped[1] ?? '', 16)
  const low = Number.parseInt(mapped[2] ?? '', 16)
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
}

/**
 * The one spelling of an address, so that equal addresses are equal texts: IPv4-mapped IPv6 becomes IPv4, IPv6 is
 * compressed and lower case. Undefined for anything that is not a literal address.
 */
export function canonicalAddress(text: string): string | undefined {
  if (text.length > maxTextLength) return undefined
  const family = isIP(text)
  if (family === 4) return text
  return family === 6 ? canonicalV6(text) : undefined
}

/** An address range in CIDR form. */
export interface AddressRange {
  readonly address: string
  readonly prefix: number
  readonly family: 'ipv4' | 'ipv6'
}

/** Reads `192.0.2.7`, `192.0.2.0/24` or `2001:db8::/32`; undefined for anything else. */
export function parseRange(text: string): AddressRange | undefined {
  const [left = '', right, ...rest] = text.split('/')
  const address = canonicalAddress(left)
  if (address === undefined || rest.length > 0) return undefined
  const family = isIP(address) === 4 ? 'ipv4' : 'ipv6'
  const most = family === 'ipv4' ? 32 : 128
  if (right === undefined) return { address, prefix: most, family }
  const prefix = /^\d{1,3}$/.test(right) ? Number(right) : Number.NaN
  return prefix <= most ? { address, prefix, family } : undefined
}
