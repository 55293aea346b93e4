import { dataLines } from './data-lines.ts'
import { type AddressWords, parseAddress } from './ip-address.ts'
import type { Operator, OperatorMatcher } from './operator.ts'

interface Network {
  readonly words: AddressWords
  readonly masks: AddressWords
}

function maskWord(bits: number): number {
  return bits <= 0 ? 0 : bits >= 32 ? 0xffffffff : (0xffffffff << (32 - bits)) >>> 0
}

function parseNetwork(text: string): Network {
  const [address = '', prefix, extra] = text.split('/')
  const words = parseAddress(address)
  if (words === null || extra !== undefined) throw new Error(`"${text}" is no IP address or network`)
  const size = words.length * 32
  if (prefix !== undefined && (!/^[0-9]{1,3}$/.test(prefix) || Number(prefix) > size))
    throw new Error(`"/${prefix}" is no prefix length: 0 to ${size} expected`)
  const bits = prefix === undefined ? size : Number(prefix)
  const masks = words.map((_, i) => maskWord(bits - i * 32))
  return { words: words.map((word, i) => (word & (masks[i] ?? 0)) >>> 0), masks }
}

function holds(network: Network, address: AddressWords): boolean {
  if (network.words.length !== address.length) return false
  for (let i = 0; i < address.length; i++)
    if (((address[i] ?? 0) & (network.masks[i] ?? 0)) >>> 0 !== network.words[i]) return false
  return true
}

function matcher(entries: readonly string[]): OperatorMatcher {
  const networks = entries.map(parseNetwork)
  return {
    match(input) {
      const address = parseAddress(input.trim())
      return address !== null && networks.some((network) => holds(network, address))
    },
  }
}

function fromFile(name: string): Operator {
  return {
    name,
    compile(param, context) {
      if (/^https?:/i.test(param))
        throw new Error(`@${name} reads files only: "${param}" is an address on the network`)
      return matcher(dataLines(context.readDataFile(param, context.from)))
    },
  }
}

/** `@ipMatch list`: the value is an address in one of the addresses or networks, comma-separated. */
export const ipMatch: Operator = {
  name: 'ipMatch',
  compile(param) {
    const entries = param.split(',').map((entry) => entry.trim())
    return matcher(entries.filter((entry) => entry !== ''))
  },
}

/** `@ipMatchFromFile path`: `@ipMatch` with one address or network a line; `#` starts a comment. */
export const ipMatchFromFile: Operator = fromFile('ipMatchFromFile')

/** `@ipMatchF path`: the short name of `@ipMatchFromFile`. */
export const ipMatchF: Operator = fromFile('ipMatchF')
