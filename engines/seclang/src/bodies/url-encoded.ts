import { byteBuffer, latin1Text } from '../transformations/byte-writer.ts'
import { bodyResult } from './body-result.ts'
import type { BodyLimits, BodyReader } from './body-result.ts'
import { addPair, emptyPairs } from './pairs.ts'
import type { Pairs } from './pairs.ts'

/** Flags of one decoding run. */
export interface DecodeFaults {
  invalid: boolean
}

/** Decodes `%HH` and `+`; an escape that is not valid stays as it is and sets `faults.invalid`. */
export function decodeUrlText(text: string, faults: DecodeFaults): string {
  const first = text.indexOf('%')
  if (first < 0) return text.includes('+') ? text.replaceAll('+', ' ') : text
  const out = byteBuffer(text.length)
  let length = 0
  for (let at = 0; at < text.length; at++) {
    let unit = text.charCodeAt(at)
    if (unit === 43) unit = 32
    else if (unit === 37) {
      const byte = at + 2 < text.length ? hexPair(text, at + 1) : -1
      if (byte < 0) faults.invalid = true
      else {
        unit = byte
        at += 2
      }
    }
    out[length++] = unit
  }
  return latin1Text(out, length)
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

/** How arguments are read. */
export interface ArgumentOptions {
  readonly separator: string
  readonly maxArguments: number
  readonly faults: DecodeFaults
}

/**
 * Adds the arguments of `a=1&b=2` to `pairs`; empty pieces are left out. Gives false when there are more than
 * `maxArguments`: the rest is not looked at.
 */
export function readArguments(text: string, pairs: Pairs, options: ArgumentOptions): boolean {
  return new ArgumentReader(text, pairs, options).readOn(Infinity) !== 'too many'
}

/** Arguments of one text, read in pieces. */
class ArgumentReader {
  readonly #text: string
  readonly #pairs: Pairs
  readonly #options: ArgumentOptions
  #start = 0

  constructor(text: string, pairs: Pairs, options: ArgumentOptions) {
    this.#text = text
    this.#pairs = pairs
    this.#options = options
  }

  /** Reads the arguments that begin in the next `bytes` bytes. */
  readOn(bytes: number): 'done' | 'more' | 'too many' {
    const text = this.#text
    const pairs = this.#pairs
    const { separator, maxArguments, faults } = this.#options
    const until = Math.min(text.length, this.#start + bytes)
    while (this.#start < until) {
      const start = this.#start
      const found = text.indexOf(separator, start)
      const end = found < 0 ? text.length : found
      if (end > start) {
        if (pairs.names.length >= maxArguments) return 'too many'
        const split = text.indexOf('=', start)
        const hasValue = split >= 0 && split < end
        const name = decodeUrlText(text.slice(start, hasValue ? split : end), faults)
        addPair(pairs, name, hasValue ? decodeUrlText(text.slice(split + 1, end), faults) : '')
      }
      this.#start = end + 1
    }
    return this.#start < text.length ? 'more' : 'done'
  }
}

/** Body processor URLENCODED, in pieces. */
export function openUrlEncodedBody(body: string, limits: BodyLimits, separator: string): BodyReader {
  const args = emptyPairs()
  const faults = { invalid: false }
  const reader = new ArgumentReader(body, args, { separator, maxArguments: limits.maxArguments, faults })
  return {
    readOn(bytes) {
      const state = reader.readOn(bytes)
      if (state === 'more') return null
      const error = state === 'too many' ? 'more arguments than allowed' : null
      return { ...bodyResult(args, error), urlEncodedError: faults.invalid }
    },
  }
}
