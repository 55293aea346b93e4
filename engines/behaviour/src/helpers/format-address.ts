import type { Address } from '../address/address.ts'

/** The text of an address: dotted for IPv4, RFC 5952 for IPv6. */
export function formatAddress(address: Address): string {
  const [word = 0] = address
  if (address.length === 1) return [24, 16, 8, 0].map((shift) => String((word >>> shift) & 255)).join('.')
  const groups = address.flatMap((part) => [part >>> 16, part & 0xffff])
  const [start, length] = longestZeros(groups)
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':')
  return length < 2 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`
}

function longestZeros(groups: readonly number[]): readonly [start: number, length: number] {
  let best: readonly [number, number] = [0, 0]
  for (let start = 0; start < groups.length; start++) {
    let length = 0
    while (groups[start + length] === 0) length += 1
    if (length > best[1]) best = [start, length]
  }
  return best
}

/** The first address of the network that holds an address. */
export function networkBase(address: Address, bits: number): Address {
  return address.map((word, index) => {
    const kept = Math.max(0, Math.min(32, bits - index * 32))
    return kept === 0 ? 0 : (word & (-1 << (32 - kept))) >>> 0
  })
}
