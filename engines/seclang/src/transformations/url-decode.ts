import { byteBuffer, latin1Text } from './byte-writer.ts'
import { hexByteAt } from './hex-digit.ts'
import type { Transformation } from './transformation.ts'

function apply(input: string): string {
  if (!input.includes('%') && !input.includes('+')) return input
  const out = byteBuffer(input.length)
  let length = 0
  let changed = false
  for (let i = 0; i < input.length; i++) {
    const code = input.charCodeAt(i)
    if (code === 43) {
      out[length++] = 32
      changed = true
      continue
    }
    const byte = code === 37 ? hexByteAt(input, i + 1) : -1
    if (byte < 0) out[length++] = code
    else {
      out[length++] = byte
      i += 2
      changed = true
    }
  }
  return changed ? latin1Text(out, length) : input
}

/** `t:urlDecode`: `%HH` and `+`; a `%` that starts no valid escape stays. */
export const urlDecode: Transformation = { name: 'urlDecode', apply }
