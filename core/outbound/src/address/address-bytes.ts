import { isIP } from 'node:net'

function ipv4Bytes(text: string): number[] {
  return text.split('.').map(Number)
}

/** Two bytes for each group of an IPv6 text part; an IPv4 tail gives four. */
function groups(part: string): number[] {
  if (part === '') return []
  return part.split(':').flatMap((group) => {
    if (group.includes('.')) return ipv4Bytes(group)
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 0xff]
  })
}

/**
 * The 4 or 16 bytes of a literal address, without brackets; undefined for anything else, also for `1.2.3` and `0x7f.1`.
 * A zone (`fe80::1%eth0`) is ignored.
 */
export function addressBytes(text: string): Uint8Array | undefined {
  const address = text.split('%', 1)[0] ?? ''
  const family = isIP(address)
  if (family === 4) return Uint8Array.from(ipv4Bytes(address))
  if (family !== 6) return undefined
  const [head = '', tail] = address.split('::')
  const left = groups(head)
  if (tail === undefined) return Uint8Array.from(left)
  const right = groups(tail)
  return Uint8Array.from([
    ...left,
    ...Array.from({ length: 16 - left.length - right.length }, () => 0),
    ...right,
  ])
}
