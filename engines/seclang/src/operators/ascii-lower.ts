/** Lower-cases ASCII letters only: bytes from 0x80 are no letters in a byte string. */
export function asciiLower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}
