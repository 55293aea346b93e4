import { byteBuffer, latin1Text } from './byte-writer.ts'
import { hexValue } from './hex-digit.ts'
import type { Transformation } from './transformation.ts'

const NO_ENTITY = -1

/** Packs what an entity stands for and where the text goes on (its index in the high bits). */
function decoded(byte: number, input: string, after: number): number {
  const next = input.charCodeAt(after) === 59 ? after + 1 : after
  return next * 256 + byte
}

function numericAt(input: string, at: number): number {
  const hex = (input.charCodeAt(at) | 32) === 120
  const base = hex ? 16 : 10
  let byte = 0
  let i = hex ? at + 1 : at
  const from = i
  for (; i < input.length; i++) {
    const digit = hexValue(input.charCodeAt(i))
    if (digit < 0 || digit >= base) break
    byte = (byte * base + digit) & 0xff
  }
  return i === from ? NO_ENTITY : decoded(byte, input, i)
}

function startsWithName(input: string, at: number, name: string): boolean {
  for (let i = 0; i < name.length; i++)
    if ((input.charCodeAt(at + i) | 32) !== name.charCodeAt(i)) return false
  return true
}

function isAlphanumeric(code: number): boolean {
  const lower = code | 32
  return (code >= 48 && code <= 57) || (lower >= 97 && lower <= 122)
}

function namedAt(input: string, at: number, [name, byte]: readonly [name: string, byte: number]): number {
  if (!startsWithName(input, at, name)) return NO_ENTITY
  // `&gtm_id=7` in a query string is a parameter of that name and no greater-than sign.
  return isAlphanumeric(input.charCodeAt(at + name.length))
    ? NO_ENTITY
    : decoded(byte, input, at + name.length)
}

// By first letter: in a binary file few of the many ampersands get past it.
function entityAt(input: string, at: number): number {
  switch (input.charCodeAt(at) | 32) {
    case 35:
      return input.charCodeAt(at) === 35 ? numericAt(input, at + 1) : NO_ENTITY
    case 97:
      return namedAt(input, at, ['amp', 38])
    case 103:
      return namedAt(input, at, ['gt', 62])
    case 108:
      return namedAt(input, at, ['lt', 60])
    case 110:
      return namedAt(input, at, ['nbsp', 0xa0])
    case 113:
      return namedAt(input, at, ['quot', 34])
    default:
      return NO_ENTITY
  }
}

/** Where the first entity starts, or -1: most ampersands start none. */
function firstEntity(input: string): number {
  let at = input.indexOf('&')
  while (at >= 0 && entityAt(input, at + 1) === NO_ENTITY) at = input.indexOf('&', at + 1)
  return at
}

function apply(input: string): string {
  const first = firstEntity(input)
  if (first < 0) return input
  const out = byteBuffer(input.length)
  out.write(input, 0, first, 'latin1')
  let length = first
  let i = first
  while (i < input.length) {
    const code = input.charCodeAt(i)
    const entity = code === 38 ? entityAt(input, i + 1) : NO_ENTITY
    if (entity === NO_ENTITY) {
      out[length++] = code
      i++
    } else {
      out[length++] = entity % 256
      i = Math.floor(entity / 256)
    }
  }
  return latin1Text(out, length)
}

/**
 * `t:htmlEntityDecode`: numeric entities of any length (low byte) and `quot amp lt gt nbsp`, with
 * or without the semicolon, as browsers accept them.
 */
export const htmlEntityDecode: Transformation = { name: 'htmlEntityDecode', apply }
