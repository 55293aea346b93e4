/** The UTF-8 bytes of a code point as a byte string; a lone surrogate becomes its three-byte form. */
export function utf8Bytes(point: number): string {
  if (point < 0x80) return String.fromCharCode(point)
  if (point < 0x800) return String.fromCharCode(0xc0 | (point >> 6), 0x80 | (point & 63))
  if (point < 0x10000) {
    return String.fromCharCode(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63))
  }
  return String.fromCharCode(
    0xf0 | (point >> 18),
    0x80 | ((point >> 12) & 63),
    0x80 | ((point >> 6) & 63),
    0x80 | (point & 63),
  )
}

/** Length of the valid UTF-8 sequence at `at` of a byte string, or 0 when there is none (RFC 3629). */
export function utf8SequenceLength(text: string, at: number): number {
  const first = text.charCodeAt(at)
  if (first < 0x80) return 1
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
  if (first < 0xc2 || first > 0xf4 || at + length > text.length) return 0
  for (let next = at + 1; next < at + length; next++) {
    if ((text.charCodeAt(next) & 0xc0) !== 0x80) return 0
  }
  const second = text.charCodeAt(at + 1)
  const isOverlong = (first === 0xe0 && second < 0xa0) || (first === 0xf0 && second < 0x90)
  const isOutside = (first === 0xed && second > 0x9f) || (first === 0xf4 && second > 0x8f)
  return isOverlong || isOutside ? 0 : length
}
