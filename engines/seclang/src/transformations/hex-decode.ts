import { byteBuffer, latin1Text } from './byte-writer.ts'
import type { Transformation } from './transformation.ts'

// A character that is no digit gets the value the arithmetic of ModSecurity gives it: rules that
// were written against it see the same bytes.
function digit(code: number): number {
  return code >= 65 ? (code & 0xdf) - 55 : code - 48
}

function apply(input: string): string {
  if (input === '') return input
  const length = input.length >> 1
  const out = byteBuffer(length)
  for (let i = 0; i < length; i++) {
    const high = digit(input.charCodeAt(i * 2))
    out[i] = (high * 16 + digit(input.charCodeAt(i * 2 + 1))) & 0xff
  }
  return latin1Text(out, length)
}

/** `t:hexDecode`: each pair of hexadecimal digits becomes a byte; a lone last digit is dropped. */
export const hexDecode: Transformation = { name: 'hexDecode', apply }
