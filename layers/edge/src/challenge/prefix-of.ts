import { maskWords, parseIpInto } from '../address/ip-words.ts'

const words = new Uint32Array(4)

/** The /24 or /64 of an address as text to bind something to; the text itself when it is no address. */
export function prefixOf(address: string): string {
  if (!parseIpInto(address, words)) return address
  const v4 = !address.includes(':')
  maskWords(words, v4 ? 120 : 64)
  return v4
    ? `4.${(words[3] ?? 0).toString(16)}`
    : `6.${(words[0] ?? 0).toString(16)}.${(words[1] ?? 0).toString(16)}`
}
