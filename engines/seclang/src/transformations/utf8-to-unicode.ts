import { byteBuffer, latin1Text } from './byte-writer.ts'
import type { Transformation } from './transformation.ts'

const HEX = '0123456789abcdef'
const SMALLEST = [0, 0, 0x80, 0x800, 0x10000]

function sequenceLength(lead: number): number {
  if (lead >= 0xf8) return 1
  if (lead >= 0xf0) return 4
  if (lead >= 0xe0) return 3
  return lead >= 0xc0 ? 2 : 1
}

/** Gives the code point of a sequence of `size` bytes, or -1 when a continuation byte is missing. */
function codePointAt(input: string, at: number, size: number): number {
  let point = input.charCodeAt(at) & (0xff >> (size + 1))
  for (let i = 1; i < size; i++) {
    const code = at + i < input.length ? input.charCodeAt(at + i) : 0
    if ((code & 0xc0) !== 0x80) return -1
    point = (point << 6) | (code & 0x3f)
  }
  return point
}

function writeEscape(out: Uint8Array, from: number, point: number): number {
  let at = from
  out[at++] = 37
  out[at++] = 117
  for (let shift = point > 0xfffff ? 20 : point > 0xffff ? 16 : 12; shift >= 0; shift -= 4)
    out[at++] = HEX.charCodeAt((point >> shift) & 15)
  return at
}

function apply(input: string): string {
  // A NUL before the last byte is dropped: kept, for rule sets that rely on it, from ModSecurity.
  let i = 0
  while (i < input.length && input.charCodeAt(i) < 0x80 && input.charCodeAt(i) !== 0) i++
  if (i === input.length) return input
  const out = byteBuffer(input.length * 4 + 8)
  out.write(input, 0, i, 'latin1')
  let length = i
  while (i < input.length) {
    const lead = input.charCodeAt(i)
    const size = sequenceLength(lead)
    if (size === 1) {
      if (lead !== 0 || i + 1 === input.length) out[length++] = lead
      i++
      continue
    }
    if (lead >= 0xf5) out[length++] = lead
    const point = codePointAt(input, i, size)
    if (point < 0) {
      i++
      continue
    }
    length = writeEscape(out, length, point)
    // The lead byte after the escape marks what RFC 3629 forbids: surrogates and overlong forms.
    if (point >= 0xd800 && point <= 0xdfff) out[length++] = lead
    if (point < (SMALLEST[size] ?? 0)) out[length++] = lead
    i += size
  }
  return latin1Text(out, length)
}

/**
 * `t:utf8toUnicode`: each UTF-8 sequence becomes `%uHHHH` (more digits above U+FFFF), so that
 * `t:urlDecodeUni` can fold it. Lead bytes without their continuation are dropped.
 */
export const utf8toUnicode: Transformation = { name: 'utf8toUnicode', apply }
