/**
 * Addresses as four 32-bit words, IPv4 as IPv6-mapped (`::ffff:a.b.c.d`), so that one table holds both families.
 * `parseInto` writes into a buffer given by the caller: the look-up of a ban allocates nothing.
 */
export type IpWords = Uint32Array

/** Prefix bits of the IPv4-mapped range. */
export const mappedBits = 96

function parseV4(text: string, start: number): number {
  let value = 0
  let octet = -1
  let dots = 0
  for (let i = start; i <= text.length; i += 1) {
    const byte = i < text.length ? text.charCodeAt(i) : 0x2e
    if (byte === 0x2e) {
      if (octet < 0) return -1
      value = value * 256 + octet
      octet = -1
      dots += 1
    } else {
      const digit = byte - 0x30
      // A leading zero is octal for some readers and decimal for others.
      if (digit < 0 || digit > 9 || octet === 0) return -1
      octet = octet < 0 ? digit : octet * 10 + digit
      if (octet > 255) return -1
    }
  }
  return dots === 4 ? value : -1
}

/** Groups of one side of `::`; a dotted IPv4 tail is only allowed at the end of the whole address. */
function hexGroups(text: string, isEnd: boolean): number[] | null {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [index, part] of parts.entries()) {
    if (part.includes('.')) {
      const v4 = isEnd && index === parts.length - 1 ? parseV4(part, 0) : -1
      if (v4 < 0) return null
      groups.push(v4 >>> 16, v4 & 0xffff)
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16))
    else return null
  }
  return groups
}

function parseV6(text: string, words: IpWords): boolean {
  const gap = text.indexOf('::')
  const left = hexGroups(gap < 0 ? text : text.slice(0, gap), gap < 0)
  const right = gap < 0 ? [] : hexGroups(text.slice(gap + 2), true)
  if (left === null || right === null) return false
  const missing = 8 - left.length - right.length
  if (gap < 0 ? missing !== 0 : missing < 1) return false
  const groups = [...left, ...Array.from({ length: missing }, () => 0), ...right]
  for (let i = 0; i < 4; i += 1) words[i] = ((groups[2 * i] ?? 0) << 16) | (groups[2 * i + 1] ?? 0)
  return true
}

/** Writes the address `text` into `words`; false when it is not an address (zones and brackets included). */
export function parseIpInto(text: string, words: IpWords): boolean {
  if (text.length > 45) return false
  if (text.includes(':')) return parseV6(text, words)
  const value = parseV4(text, 0)
  if (value < 0) return false
  words[0] = 0
  words[1] = 0
  words[2] = 0xffff
  words[3] = value
  return true
}

/** An address range: the first `bits` of `words`. */
export interface IpRange {
  readonly words: IpWords
  readonly bits: number
}

/** Clears all but the first `bits` bits. */
export function maskWords(words: IpWords, bits: number): void {
  for (let i = 0; i < 4; i += 1) {
    const kept = Math.min(32, Math.max(0, bits - 32 * i))
    words[i] = kept === 0 ? 0 : (words[i] ?? 0) & (0xffff_ffff << (32 - kept))
  }
}

/** Reads an address or CIDR range; null when malformed. Host bits are cleared. */
export function parseIpRange(text: string): IpRange | null {
  const slash = text.indexOf('/')
  const words = new Uint32Array(4)
  if (!parseIpInto(slash < 0 ? text : text.slice(0, slash), words)) return null
  const v4 = !text.includes(':')
  let bits = 128
  if (slash >= 0) {
    const prefix = text.slice(slash + 1)
    if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > (v4 ? 32 : 128)) return null
    bits = Number(prefix) + (v4 ? mappedBits : 0)
  }
  maskWords(words, bits)
  return { words, bits }
}
