import { byteBuffer, latin1Text } from './byte-writer.ts'
import type { Transformation } from './transformation.ts'

function firstUpper(input: string): number {
  for (let i = 0; i < input.length; i++) {
    const code = input.charCodeAt(i)
    if (code >= 65 && code <= 90) return i
  }
  return -1
}

function apply(input: string): string {
  const first = firstUpper(input)
  if (first < 0) return input
  // String#toLowerCase would also change U+00C0 to U+00DE, which are bytes here, not letters.
  const out = byteBuffer(input.length)
  out.write(input, 'latin1')
  for (let i = first; i < input.length; i++) {
    const code = input.charCodeAt(i)
    if (code >= 65 && code <= 90) out[i] = code + 32
  }
  return latin1Text(out, input.length)
}

/** `t:lowercase`: ASCII letters to lower case; bytes from 0x80 stay. */
export const lowercase: Transformation = { name: 'lowercase', apply }
