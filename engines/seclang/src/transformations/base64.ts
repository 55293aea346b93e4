import { Buffer } from 'node:buffer'
import { byteBuffer, latin1Text } from './byte-writer.ts'
import type { Transformation } from './transformation.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const VALUES = new Int8Array(256).fill(-1)
for (let i = 0; i < ALPHABET.length; i++) VALUES[ALPHABET.charCodeAt(i)] = i
const PAD = 61

/** Decodes the alphabet's characters of `input`, skipping all others. */
function decodeKnown(input: string, onlyWholeGroups: boolean): string {
  const out = byteBuffer(input.length)
  let length = 0
  let group = 0
  let count = 0
  for (let i = 0; i < input.length; i++) {
    const value = VALUES[input.charCodeAt(i)] ?? -1
    if (value < 0) continue
    group = ((group << 6) | value) & 0xffffff
    count = (count + 1) & 3
    if (count !== 0) continue
    out[length++] = group >> 16
    out[length++] = (group >> 8) & 0xff
    out[length++] = group & 0xff
  }
  const padded = input.charCodeAt(input.length - 1) === PAD
  if (!onlyWholeGroups || padded) {
    if (count >= 2) out[length++] = (count === 2 ? group >> 4 : group >> 10) & 0xff
    if (count === 3) out[length++] = (group >> 2) & 0xff
  }
  return latin1Text(out, length)
}

// RFC 4648 text with optional line ends, as the strict decoder of ModSecurity accepts it.
const STRICT = /^(?:[A-Za-z0-9+/]| *\r?\n)*={0,2}[ \r\n]*$/

function decode(input: string): string {
  const nul = input.indexOf('\0')
  const text = (nul < 0 ? input : input.slice(0, nul)).trimEnd()
  if (!STRICT.test(text)) return input === '' ? input : ''
  return decodeKnown(text, true)
}

// A pad after the first character of a group cannot be right, and the decoder then gives nothing.
function decodeExt(input: string): string {
  if (input === '') return input
  let count = 0
  for (let i = 0; i < input.length; i++) {
    const code = input.charCodeAt(i)
    if (code === PAD) {
      if ((count & 3) === 1 && (input.charCodeAt(i + 1) !== PAD || i + 1 === input.length)) return ''
    } else if ((VALUES[code] ?? -1) >= 0) count++
  }
  return decodeKnown(input, false)
}

/** `t:base64Decode`: strict base64; text that is not base64 gives the empty string. */
export const base64Decode: Transformation = { name: 'base64Decode', apply: decode }

/** `t:base64DecodeExt`: base64 with all characters outside the alphabet skipped. */
export const base64DecodeExt: Transformation = { name: 'base64DecodeExt', apply: decodeExt }

/** `t:base64Encode`: standard base64 with padding. */
export const base64Encode: Transformation = {
  name: 'base64Encode',
  apply: (input) => (input === '' ? input : Buffer.from(input, 'latin1').toString('base64')),
}
