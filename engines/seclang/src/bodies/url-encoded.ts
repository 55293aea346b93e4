import type { BodyLimits, BodyResult } from './body-result.ts'
import { addPair, emptyPairs } from './pairs.ts'
import type { Pairs } from './pairs.ts'

/** Flags of one decoding run. */
export interface DecodeFaults {
  invalid: boolean
}

/** Decodes `%HH` and `+`; an escape that is not valid stays as it is and sets `faults.invalid`. */
export function decodeUrlText(text: string, faults: DecodeFaults): string {
  let at = text.indexOf('%')
  const plain = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (at < 0) return plain
  let result = ''
  let from = 0
  while (at >= 0) {
    const byte = at + 2 < plain.length ? hexPair(plain, at + 1) : -1
    if (byte < 0) {
      faults.invalid = true
      at = plain.indexOf('%', at + 1)
      continue
    }
    result += plain.slice(from, at) + String.fromCharCode(byte)
    from = at + 3
    at = plain.indexOf('%', from)
  }
  return result + plain.slice(from)
}

function hexPair(text: string, at: number): number {
  const high = hexValue(text.charCodeAt(at))
  const low = hexValue(text.charCodeAt(at + 1))
  return high < 0 || low < 0 ? -1 : high * 16 + low
}

function hexValue(unit: number): number {
  if (unit >= 48 && unit <= 57) return unit - 48
  const lower = unit | 32
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}

/**
 * Adds the arguments of `a=1&b=2` to `pairs`; empty pieces are left out. Gives false when there are more than
 * `maxArguments`: the rest is not looked at.
 */
export function readArguments(
  text: string,
  pairs: Pairs,
  options: { readonly separator: string; readonly maxArguments: number; readonly faults: DecodeFaults },
): boolean {
  const { separator, maxArguments, faults } = options
  let start = 0
  while (start < text.length) {
    const found = text.indexOf(separator, start)
    const end = found < 0 ? text.length : found
    if (end > start) {
      if (pairs.names.length >= maxArguments) return false
      const split = text.indexOf('=', start)
      const hasValue = split >= 0 && split < end
      const name = decodeUrlText(text.slice(start, hasValue ? split : end), faults)
      addPair(pairs, name, hasValue ? decodeUrlText(text.slice(split + 1, end), faults) : '')
    }
    start = end + 1
  }
  return true
}

/** Body processor URLENCODED. */
export function parseUrlEncodedBody(body: string, limits: BodyLimits, separator: string): BodyResult {
  const args = emptyPairs()
  const faults = { invalid: false }
  const complete = readArguments(body, args, { separator, maxArguments: limits.maxArguments, faults })
  return {
    args,
    error: complete ? null : 'more arguments than allowed',
    urlEncodedError: faults.invalid,
    multipart: null,
    xml: null,
  }
}
