/**
 * The network that a group key counts towards when buckets run short: /24 of an IPv4 address, /32 of an IPv6 address
 * (what one attacker can own), and the key itself for anything else. Only text is looked at; the key need not be valid.
 */
export function networkOf(key: string): string {
  const lastDot = key.lastIndexOf('.')
  if (lastDot > 0 && !key.includes(':')) return key.slice(0, lastDot)
  if (!key.includes(':')) return key
  const groups = key.toLowerCase().split(':', 3)
  const [first = '', second = ''] = groups
  // `2001::1` has zeros after its first group.
  return `${first}:${second === '' ? '0' : second}`
}
