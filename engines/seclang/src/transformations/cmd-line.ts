import { byteBuffer, latin1Text } from './byte-writer.ts'
import type { Transformation } from './transformation.ts'

const COPY = 0
const DROP = 1
const SPACE = 2
const CLOSE_UP = 3
const kinds = new Uint8Array(256)
for (const code of [34, 39, 92, 94]) kinds[code] = DROP // " ' \ ^
for (const code of [32, 44, 59, 9, 13, 10]) kinds[code] = SPACE // space , ; tab CR LF
for (const code of [47, 40]) kinds[code] = CLOSE_UP // / (

function firstChange(input: string): number {
  for (let i = 0; i < input.length; i++) {
    const code = input.charCodeAt(i)
    const kind = kinds[code]
    if (kind === DROP || (code >= 65 && code <= 90)) return i
    if (kind === SPACE && !isKept(input, i)) return i
  }
  return -1
}

// One space between words: most values hold spaces, and no others.
function isKept(input: string, at: number): boolean {
  return input.charCodeAt(at) === 32 && kinds[input.charCodeAt(at + 1)] === COPY
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
    const kind = kinds[code]
    if (kind === DROP) continue
    if (kind === SPACE) {
      if (!inSpace) out[length++] = 32
      inSpace = true
      continue
    }
    if (kind === CLOSE_UP && inSpace) length--
    out[length++] = code >= 65 && code <= 90 ? code + 32 : code
    inSpace = false
  }
  const text = latin1Text(out, length)
  return text === input ? input : text
}

/**
 * `t:cmdLine`: undoes shell obfuscation: drops `" ' \ ^`, makes one space of runs of space, comma,
 * semicolon and line ends, closes up before `/` and `(`, lower case.
 */
export const cmdLine: Transformation = { name: 'cmdLine', apply }
