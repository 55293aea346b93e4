const maxDigits = 15

/** Reads `1*DIGIT` at `text[start, end)` (RFC 9112 section 6.2): no sign, no list, no spaces; −1 when it is anything else. */
export function parseContentLength(text: string, start: number, end: number): number {
  if (end <= start || end - start > maxDigits) return -1
  let length = 0
  for (let i = start; i < end; i += 1) {
    const digit = text.charCodeAt(i) - 0x30
    if (digit < 0 || digit > 9) return -1
    length = length * 10 + digit
  }
  return length
}
