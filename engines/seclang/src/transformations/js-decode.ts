import { byteBuffer, latin1Text } from './byte-writer.ts'
import { controlEscape, octalDigitsAt } from './control-escape.ts'
import { lowByteOf } from './full-width.ts'
import { hexByteAt } from './hex-digit.ts'
import type { Transformation } from './transformation.ts'

/** Reads the escape whose backslash stands at `at`: its byte, and its size in the high bits. */
function escapeAt(input: string, at: number): number {
  const kind = input.charCodeAt(at + 1)
  if (kind === 117) {
    const high = hexByteAt(input, at + 2)
    const low = high < 0 ? -1 : hexByteAt(input, at + 4)
    if (low >= 0) return (6 << 8) | lowByteOf(high, low)
  } else if (kind === 120) {
    const byte = hexByteAt(input, at + 2)
    if (byte >= 0) return (4 << 8) | byte
  } else {
    let octal = octalDigitsAt(input, at + 1)
    // Three digits from \400 would not fit a byte: the third is text.
    if (octal === 3 && kind > 51) octal = 2
    if (octal > 0) return ((octal + 1) << 8) | Number.parseInt(input.slice(at + 1, at + 1 + octal), 8)
  }
  return (2 << 8) | controlEscape(kind)
}

function apply(input: string): string {
  const first = input.indexOf('\\')
  if (first < 0 || first === input.length - 1) return input
  const out = byteBuffer(input.length)
  out.write(input, 0, first, 'latin1')
  let length = first
  let i = first
  while (i < input.length) {
    const code = input.charCodeAt(i)
    if (code !== 92 || i + 1 === input.length) {
      out[length++] = code
      i++
      continue
    }
    const escape = escapeAt(input, i)
    out[length++] = escape & 0xff
    i += escape >> 8
  }
  return latin1Text(out, length)
}

/** `t:jsDecode`: JavaScript escapes (`\uHHHH` by low byte, `\xHH`, octal, control, `\c`). */
export const jsDecode: Transformation = { name: 'jsDecode', apply }
