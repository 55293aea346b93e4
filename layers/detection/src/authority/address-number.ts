import { canonicalAddress } from './address.ts'
import type { AddressRange } from './address.ts'

/** Bits of an address. */
export const addressBits = { ipv4: 32, ipv6: 128 } as const

/** An address as a whole number; the text must be canonical (`canonicalAddress`). */
export function addressNumber(address: string): bigint {
  if (address.includes('.')) {
    const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number)
    return BigInt(a * 16_777_216 + b * 65_536 + c * 256 + d)
  }
  const [left = '', right] = address.split('::')
  const head = left === '' ? [] : left.split(':')
  const tail = right === undefined || right === '' ? [] : right.split(':')
  const groups =
    right === undefined ? head : [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail]
  let value = 0n
  for (const group of groups) value = (value << 16n) | BigInt(Number.parseInt(group, 16))
  return value
}

/** The canonical text of an address given as a number. */
export function addressText(value: bigint, family: AddressRange['family']): string {
  if (family === 'ipv4') return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.')
  const groups: string[] = []
  for (let shift = 112n; shift >= 0n; shift -= 16n) groups.push(((value >> shift) & 65_535n).toString(16))
  const text = groups.join(':')
  return canonicalAddress(text) ?? text
}

/** First address of the network that an address lies in. */
export function networkStart(value: bigint, prefix: number, bits: number): bigint {
  const hostBits = BigInt(bits - prefix)
  return (value >> hostBits) << hostBits
}

/** A range as numbers, both ends included. */
export interface NumberRange {
  readonly family: AddressRange['family']
  readonly prefix: number
  readonly first: bigint
  readonly last: bigint
}

/** The numbers of a range. */
export function numberRange(range: AddressRange): NumberRange {
  const bits = addressBits[range.family]
  const first = networkStart(addressNumber(range.address), range.prefix, bits)
  return {
    family: range.family,
    prefix: range.prefix,
    first,
    last: first + (1n << BigInt(bits - range.prefix)) - 1n,
  }
}

/** Text of a range in CIDR form; a single address without prefix. */
export function rangeText(range: Pick<NumberRange, 'family' | 'first' | 'prefix'>): string {
  const text = addressText(range.first, range.family)
  return range.prefix === addressBits[range.family] ? text : `${text}/${range.prefix}`
}
