import { byteBuffer, latin1Text } from './byte-writer.ts'
import { hexByteAt } from './hex-digit.ts'
import type { Transformation } from './transformation.ts'

function apply(input: string): string {
  const first = input.search(/0[xX][0-9a-fA-F]{2}/)
  if (first < 0) return input
  const out = byteBuffer(input.length)
  out.write(input, 0, first, 'latin1')
  let length = first
  let i = first
  while (i < input.length) {
    const code = input.charCodeAt(i)
    let byte = code === 48 && (input.charCodeAt(i + 1) | 32) === 120 ? hexByteAt(input, i + 2) : -1
    if (byte < 0) {
      out[length++] = code
      i++
      continue
    }
    for (i += 2; byte >= 0; byte = hexByteAt(input, i)) {
      out[length++] = byte
      i += 2
    }
  }
  return latin1Text(out, length)
}

/** `t:sqlHexDecode`: MySQL hexadecimal literals become their text (0x414243 gives ABC). */
export const sqlHexDecode: Transformation = { name: 'sqlHexDecode', apply }
