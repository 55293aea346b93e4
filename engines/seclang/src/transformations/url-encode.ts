import { byteBuffer, latin1Text } from './byte-writer.ts'
import type { Transformation } from './transformation.ts'

const HEX = '0123456789abcdef'

function plain(code: number): boolean {
  return (
    (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 42
  )
}

function apply(input: string): string {
  let i = 0
  while (i < input.length && plain(input.charCodeAt(i))) i++
  if (i === input.length) return input
  const out = byteBuffer(input.length * 3)
  out.write(input, 0, i, 'latin1')
  let length = i
  for (; i < input.length; i++) {
    const code = input.charCodeAt(i)
    if (plain(code)) out[length++] = code
    else if (code === 32) out[length++] = 43
    else {
      out[length++] = 37
      out[length++] = HEX.charCodeAt(code >> 4)
      out[length++] = HEX.charCodeAt(code & 15)
    }
  }
  return latin1Text(out, length)
}

/** `t:urlEncode`: form encoding; letters, digits and `*` stay, a space becomes `+`. */
export const urlEncode: Transformation = { name: 'urlEncode', apply }
