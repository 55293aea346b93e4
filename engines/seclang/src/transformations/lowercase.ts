import { byteBuffer, latin1Text } from './byte-writer.ts'
import type { Transformation } from './transformation.ts'

/** Whether there is a capital letter; and whether all bytes are ASCII, in the second bit. */
function look(input: string): number {
  let union = 0
  let hasUpper = 0
  for (let i = 0; i < input.length; i++) {
    const code = input.charCodeAt(i)
    union |= code
    if (code >= 65 && code <= 90) hasUpper = 1
  }
  return hasUpper | (union < 128 ? 2 : 0)
}

function apply(input: string): string {
  const seen = look(input)
  if ((seen & 1) === 0) return input
  if (seen === 3) return input.toLowerCase()
  // String#toLowerCase would also change U+00C0 to U+00DE, which are bytes here, not letters.
  const out = byteBuffer(input.length)
  out.write(input, 'latin1')
  for (let i = 0; i < input.length; i++) {
    const code = input.charCodeAt(i)
    if (code >= 65 && code <= 90) out[i] = code + 32
  }
  return latin1Text(out, input.length)
}

/** `t:lowercase`: ASCII letters to lower case; bytes from 0x80 stay. */
export const lowercase: Transformation = { name: 'lowercase', apply }
