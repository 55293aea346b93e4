/**
 * Gives the byte that a 16-bit escape stands for: its low byte, and for the full-width forms
 * U+FF01 to U+FF5E the ASCII character they look like.
 */
export function lowByteOf(high: number, low: number): number {
  return high === 0xff && low > 0 && low < 0x5f ? low + 0x20 : low
}
