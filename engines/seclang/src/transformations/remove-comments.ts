import { byteBuffer, latin1Text } from './byte-writer.ts'
import type { Transformation } from './transformation.ts'

/** The index after the nearest end mark of either comment form, or -1. */
function afterComment(input: string, from: number): number {
  for (let i = from; i < input.length; i++) {
    const code = input.charCodeAt(i)
    if (code === 42 && input.charCodeAt(i + 1) === 47) return i + 2
    if (code === 45 && input.startsWith('-->', i)) return i + 3
  }
  return -1
}

function openerSize(input: string, at: number): number {
  const code = input.charCodeAt(at)
  if (code === 47 && input.charCodeAt(at + 1) === 42) return 2
  return code === 60 && input.startsWith('<!--', at) ? 4 : 0
}

function endsText(input: string, at: number): boolean {
  const code = input.charCodeAt(at)
  return code === 35 || (code === 45 && input.charCodeAt(at + 1) === 45)
}

function apply(input: string): string {
  const first = input.search(/\/\*|<!--|--|#/)
  if (first < 0) return input
  const out = byteBuffer(input.length + 1)
  out.write(input, 0, first, 'latin1')
  let length = first
  let i = first
  while (i < input.length) {
    const opener = openerSize(input, i)
    if (opener > 0) {
      i = afterComment(input, i + opener)
      if (i < 0) {
        out[length++] = 32
        break
      }
      // The byte after a comment is never the start of another one; at the end it is NUL.
    } else if (endsText(input, i)) break
    out[length++] = i < input.length ? input.charCodeAt(i) : 0
    i++
  }
  return latin1Text(out, length)
}

/**
 * `t:removeComments`: drops C and HTML comments, and everything from `--` or `#` on; an unclosed
 * comment becomes a space. A comment that ends the value leaves a NUL byte, as in ModSecurity.
 */
export const removeComments: Transformation = { name: 'removeComments', apply }
