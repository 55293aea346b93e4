import { byteBuffer, latin1Text } from './byte-writer.ts'
import type { Transformation } from './transformation.ts'

function firstLower(input: string): number {
  for (let i = 0; i < input.length; i++) {
    const code = input.charCodeAt(i)
    if (code >= 97 && code <= 122) return i
  }
  return -1
}

function apply(input: string): string {
  const first = firstLower(input)
  if (first < 0) return input
  const out = byteBuffer(input.length)
  out.write(input, 'latin1')
  for (let i = first; i < input.length; i++) {
    const code = input.charCodeAt(i)
    if (code >= 97 && code <= 122) out[i] = code - 32
  }
  return latin1Text(out, input.length)
}

/** `t:uppercase`: ASCII letters to upper case; bytes from 0x80 stay. */
export const uppercase: Transformation = { name: 'uppercase', apply }
