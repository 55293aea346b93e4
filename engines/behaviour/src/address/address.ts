/** An address as numbers: one 32-bit word for IPv4, four for IPv6. IPv4 in IPv6 (`::ffff:…`) is an IPv6 address. */
export type Address = readonly number[]

const v4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/u
/** Longest text of an address, with an IPv4 tail; a zone is not counted. */
const maxAddressLength = 45

function parseV4(text: string): number | undefined {
  const match = v4.exec(text)
  if (match === null) return undefined
  let word = 0
  for (const part of match.slice(1)) {
    const octet = Number(part)
    // A leading zero may mean octal elsewhere: no address.
    if (octet > 255 || (part.length > 1 && part.startsWith('0'))) return undefined
    word = word * 256 + octet
  }
  return word >>> 0
}

function parseGroups(text: string): number[] | undefined {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [index, part] of parts.entries()) {
    if (part.includes('.')) {
      const word = index === parts.length - 1 ? parseV4(part) : undefined
      if (word === undefined) return undefined
      groups.push(word >>> 16, word & 0xffff)
    } else {
      if (!/^[0-9A-Fa-f]{1,4}$/u.test(part)) return undefined
      groups.push(Number.parseInt(part, 16))
    }
  }
  return groups
}

function parseV6(text: string): Address | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const head = parseGroups(halves[0] ?? '')
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? '') : []
  if (head === undefined || tail === undefined) return undefined
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...tail]
  return [0, 2, 4, 6].map((at) => ((groups[at] ?? 0) * 65_536 + (groups[at + 1] ?? 0)) >>> 0)
}

/** The address in a text (RFC 4291 section 2.2, RFC 6943 section 3.1.1 strict form); a zone (`%eth0`) is dropped. Undefined when it is none. */
export function parseAddress(text: string): Address | undefined {
  if (text === lastText) return lastAddress
  lastAddress = readAddress(text)
  lastText = text
  return lastAddress
}

// One event's address is asked for many times in a row.
let lastText = ''
let lastAddress: Address | undefined

function readAddress(text: string): Address | undefined {
  if (!text.includes(':')) {
    const word = parseV4(text)
    return word === undefined ? undefined : [word]
  }
  const zone = text.indexOf('%')
  const plain = zone < 0 ? text : text.slice(0, zone)
  return plain.length > maxAddressLength ? undefined : parseV6(plain)
}

/** A network: its first address and the number of leading bits that count. */
export interface Network {
  readonly base: Address
  readonly bits: number
}

/** The network in a text such as `10.0.0.0/8`; undefined when it is none. */
export function parseNetwork(text: string): Network | undefined {
  const slash = text.lastIndexOf('/')
  const base = slash < 0 ? undefined : parseAddress(text.slice(0, slash))
  const length = text.slice(slash + 1)
  if (base === undefined || !/^(?:0|[1-9]\d{0,2})$/u.test(length)) return undefined
  const bits = Number(length)
  return bits > base.length * 32 ? undefined : { base, bits }
}

/** Whether an address lies in a network. Families never mix. */
export function isInNetwork(address: Address, { base, bits }: Network): boolean {
  if (address.length !== base.length) return false
  for (let at = 0, left = bits; left > 0; at += 1, left -= 32) {
    const differs = ((address[at] ?? 0) ^ (base[at] ?? 0)) >>> 0
    if ((left >= 32 ? differs : differs >>> (32 - left)) !== 0) return false
  }
  return true
}
