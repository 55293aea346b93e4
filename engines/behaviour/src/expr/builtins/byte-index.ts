const nonAscii = /[^\0-\x7f]/

/** Where a place of a text is in its UTF-8 form: Go counts bytes. -1 stays -1. */
export function byteIndex(text: string, index: number): number {
  if (index <= 0 || !nonAscii.test(text)) return index
  return new TextEncoder().encode(text.slice(0, index)).length
}
