import { byteBuffer, latin1Text } from './byte-writer.ts'
import { lowByteOf } from './full-width.ts'
import { hexByteAt } from './hex-digit.ts'
import type { Transformation } from './transformation.ts'

/**
 * Best-fit mapping of a code page (SecUnicodeMapFile): index = UTF-16 unit, value = byte, or -1
 * where the code page has none.
 */
export type UnicodeMap = Int16Array

/** Gives the byte of the four digits of `%uHHHH` that start at `at`, or -1. */
function unicodeByteAt(input: string, at: number, map: UnicodeMap | null): number {
  const high = hexByteAt(input, at)
  if (high < 0) return -1
  const low = hexByteAt(input, at + 2)
  if (low < 0) return -1
  const best = map === null ? -1 : (map[high * 256 + low] ?? -1)
  return best >= 0 ? best : lowByteOf(high, low)
}

/** From so many bytes on, copying whole stretches is faster than going byte by byte. */
const longInput = 512

/** The same as {@link decode}, from one escape to the next. */
function decodeLong(input: string, map: UnicodeMap | null): string {
  const out = byteBuffer(input.length)
  out.write(input, 0, 'latin1')
  let changed = false
  // Escapes hold no plus sign, and those that escapes stand for are written later.
  for (let at = input.indexOf('+'); at >= 0; at = input.indexOf('+', at + 1)) {
    out[at] = 32
    changed = true
  }
  let length = 0
  let from = 0
  for (let at = input.indexOf('%'); at >= 0; at = input.indexOf('%', Math.max(at + 1, from))) {
    const unicode = (input.charCodeAt(at + 1) | 32) === 117
    const byte = unicode ? unicodeByteAt(input, at + 2, map) : hexByteAt(input, at + 1)
    if (byte < 0) continue
    if (length < from) out.copyWithin(length, from, at)
    length += at - from
    out[length++] = byte
    from = at + (unicode ? 6 : 3)
    changed = true
  }
  if (!changed) return input
  if (length < from) out.copyWithin(length, from, input.length)
  return latin1Text(out, length + input.length - from)
}

function decode(input: string, map: UnicodeMap | null): string {
  if (input.length >= longInput) return decodeLong(input, map)
  const out = byteBuffer(input.length)
  let length = 0
  let changed = false
  for (let i = 0; i < input.length; i++) {
    const code = input.charCodeAt(i)
    if (code !== 37) {
      if (code === 43) changed = true
      out[length++] = code === 43 ? 32 : code
      continue
    }
    const unicode = (input.charCodeAt(i + 1) | 32) === 117
    const byte = unicode ? unicodeByteAt(input, i + 2, map) : hexByteAt(input, i + 1)
    if (byte < 0) out[length++] = code
    else {
      out[length++] = byte
      i += unicode ? 5 : 2
      changed = true
    }
  }
  return changed ? latin1Text(out, length) : input
}

/** Builds `t:urlDecodeUni` for a code page's best-fit map; null takes the low byte of `%uHHHH`. */
export function createUrlDecodeUni(map: UnicodeMap | null): Transformation {
  return {
    name: 'urlDecodeUni',
    apply: (input) => (input.includes('%') || input.includes('+') ? decode(input, map) : input),
  }
}

/** `t:urlDecodeUni`: `t:urlDecode` plus `%uHHHH`; full-width forms become ASCII. */
export const urlDecodeUni: Transformation = createUrlDecodeUni(null)
