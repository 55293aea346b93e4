import { byteBuffer, latin1Text } from './byte-writer.ts'
import { controlEscape, octalDigitsAt } from './control-escape.ts'
import { hexByteAt } from './hex-digit.ts'
import type { Transformation } from './transformation.ts'

/** Reads the escape whose backslash stands at `at`: its byte, and its size in the high bits. */
function escapeAt(input: string, at: number): number {
  const kind = input.charCodeAt(at + 1)
  if ((kind | 32) === 120) {
    const byte = hexByteAt(input, at + 2)
    return byte < 0 ? (2 << 8) | kind : (4 << 8) | byte
  }
  const octal = octalDigitsAt(input, at + 1)
  if (octal === 0) return (2 << 8) | controlEscape(kind)
  return ((octal + 1) << 8) | (Number.parseInt(input.slice(at + 1, at + 1 + octal), 8) & 0xff)
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

/** `t:escapeSeqDecode`: ANSI C escapes; a backslash before any other character is dropped. */
export const escapeSeqDecode: Transformation = { name: 'escapeSeqDecode', apply }
