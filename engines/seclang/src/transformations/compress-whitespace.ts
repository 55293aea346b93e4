import { byteBuffer, latin1Text } from './byte-writer.ts'
import type { Transformation } from './transformation.ts'
import { isWhiteSpace } from './white-space.ts'

function firstChange(input: string): number {
  for (let i = 0; i < input.length; i++) {
    const code = input.charCodeAt(i)
    if (!isWhiteSpace(code)) continue
    if (code !== 32 || (i + 1 < input.length && isWhiteSpace(input.charCodeAt(i + 1)))) return i
  }
  return -1
}

function apply(input: string): string {
  const first = firstChange(input)
  if (first < 0) return input
  const out = byteBuffer(input.length)
  out.write(input, 0, first, 'latin1')
  let length = first
  let inSpace = false
  for (let i = first; i < input.length; i++) {
    const code = input.charCodeAt(i)
    const space = isWhiteSpace(code)
    if (!space) out[length++] = code
    else if (!inSpace) out[length++] = 32
    inSpace = space
  }
  return latin1Text(out, length)
}

/** `t:compressWhitespace`: each run of ASCII white space becomes one space. */
export const compressWhitespace: Transformation = { name: 'compressWhitespace', apply }
