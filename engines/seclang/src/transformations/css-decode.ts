import { byteBuffer, latin1Text } from './byte-writer.ts'
import { lowByteOf } from './full-width.ts'
import { hexValue } from './hex-digit.ts'
import type { Transformation } from './transformation.ts'
import { isWhiteSpace } from './white-space.ts'

const MOST_DIGITS = 6

function digitsAt(input: string, at: number): number {
  let count = 0
  while (count < MOST_DIGITS && at + count < input.length) {
    if (hexValue(input.charCodeAt(at + count)) < 0) break
    count++
  }
  return count
}

/** The low byte of the escape; full-width forms count only when nothing stands above 16 bits. */
function escapedByte(input: string, at: number, digits: number): number {
  const point = Number.parseInt(input.slice(at, at + digits), 16)
  return digits < 4 ? point & 0xff : lowByteOf(point >> 8, point & 0xff)
}

function apply(input: string): string {
  const first = input.indexOf('\\')
  if (first < 0) return input
  const out = byteBuffer(input.length)
  out.write(input, 0, first, 'latin1')
  let length = first
  let i = first
  while (i < input.length) {
    const code = input.charCodeAt(i++)
    if (code !== 92) {
      out[length++] = code
      continue
    }
    if (i === input.length) break // A last backslash continues nothing.
    const digits = digitsAt(input, i)
    if (digits > 0) {
      out[length++] = escapedByte(input, i, digits) & 0xff
      i += digits
      if (i < input.length && isWhiteSpace(input.charCodeAt(i))) i++
    } else if (input.charCodeAt(i) === 10) i++
    else out[length++] = input.charCodeAt(i++)
  }
  return latin1Text(out, length)
}

/** `t:cssDecode`: CSS 2 escapes (section 4.1.3): `\` with 1 to 6 digits, or before any character. */
export const cssDecode: Transformation = { name: 'cssDecode', apply }
