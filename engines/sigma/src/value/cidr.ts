/** An address as 32 or 128 bits. */
interface Address {
  readonly bits: 32 | 128
  readonly value: bigint
}

function readV4(text: string): bigint | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  let value = 0n
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return undefined
    value = value * 256n + BigInt(part)
  }
  return value
}

function readGroups(text: string): bigint[] | undefined {
  if (text === '') return []
  const groups: bigint[] = []
  for (const part of text.split(':')) {
    if (part.includes('.')) {
      const v4 = readV4(part)
      if (v4 === undefined) return undefined
      groups.push(v4 >> 16n, v4 & 0xffffn)
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(BigInt(`0x${part}`))
    else return undefined
  }
  return groups
}

function readV6(text: string): bigint | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const head = readGroups(halves[0] ?? '')
  const tail = halves.length === 2 ? readGroups(halves[1] ?? '') : []
  if (head === undefined || tail === undefined) return undefined
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined
  const groups = [...head, ...Array.from({ length: halves.length === 2 ? missing : 0 }, () => 0n), ...tail]
  return groups.reduce((value, group) => (value << 16n) | group, 0n)
}

function readAddress(text: string): Address | undefined {
  if (text.length > 45) return undefined
  const v4 = readV4(text)
  if (v4 !== undefined) return { bits: 32, value: v4 }
  const v6 = text.includes(':') ? readV6(text) : undefined
  return v6 === undefined ? undefined : { bits: 128, value: v6 }
}

/** A test whether an address lies in a network such as `10.0.0.0/8` or `fe80::/10`; undefined for a malformed network. */
export function compileCidr(network: string): ((address: string) => boolean) | undefined {
  const [base = '', prefixText, ...rest] = network.split('/')
  const address = readAddress(base)
  if (address === undefined || rest.length > 0) return undefined
  const prefix = prefixText === undefined ? address.bits : Number(prefixText)
  if ((prefixText !== undefined && !/^\d{1,3}$/.test(prefixText)) || prefix > address.bits) return undefined
  const shift = BigInt(address.bits - prefix)
  const wanted = address.value >> shift
  return (text) => {
    const found = readAddress(text)
    return found !== undefined && found.bits === address.bits && found.value >> shift === wanted
  }
}
