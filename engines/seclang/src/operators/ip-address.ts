/** An address as 32-bit words, most significant first: one word for IPv4, four for IPv6. */
export type AddressWords = readonly number[]

function parseV4(text: string): number | null {
  const parts = text.split('.')
  if (parts.length !== 4) return null
  let word = 0
  for (const part of parts) {
    if (!/^[0-9]{1,3}$/.test(part) || Number(part) > 255) return null
    word = word * 256 + Number(part)
  }
  return word
}

/** Turns a dotted quad at the end of an IPv6 address into two groups. */
function withoutQuad(text: string): string | null {
  if (!text.includes('.')) return text
  const colon = text.lastIndexOf(':')
  const word = parseV4(text.slice(colon + 1))
  if (word === null || colon < 0) return null
  return `${text.slice(0, colon + 1)}${(word >>> 16).toString(16)}:${(word & 0xffff).toString(16)}`
}

function groups(text: string): number[] | null {
  if (text === '') return []
  const out: number[] = []
  for (const part of text.split(':')) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return null
    out.push(Number.parseInt(part, 16))
  }
  return out
}

function parseV6(raw: string): AddressWords | null {
  const text = withoutQuad(raw)
  if (text === null) return null
  const [head = '', tail, extra] = text.split('::')
  if (extra !== undefined) return null
  const left = groups(head)
  const right = tail === undefined ? [] : groups(tail)
  if (left === null || right === null) return null
  const missing = 8 - left.length - right.length
  if (tail === undefined ? missing !== 0 : missing < 1) return null
  const all = [...left, ...Array.from({ length: missing }, () => 0), ...right]
  const words: number[] = []
  for (let i = 0; i < 8; i += 2) words.push((((all[i] ?? 0) << 16) | (all[i + 1] ?? 0)) >>> 0)
  return words
}

/** Reads an IPv4 or IPv6 address (RFC 4291 section 2.2); null when the text is none. */
export function parseAddress(text: string): AddressWords | null {
  if (text.length > 45) return null
  if (text.includes(':')) return parseV6(text)
  const word = parseV4(text)
  return word === null ? null : [word]
}
