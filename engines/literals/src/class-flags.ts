import { LiteralsError } from './error.ts'

/** Most byte classes one scan can report: the bits of a 32-bit number. */
export const maxByteClasses = 32

/** For each code unit below 256, one bit per class it is a member of. */
export function classFlagTable(byteClasses: readonly Uint8Array[]): Uint32Array {
  if (byteClasses.length > maxByteClasses) {
    throw new LiteralsError(
      'LITERALS_LIMIT',
      `more than maxByteClasses (${String(maxByteClasses)}) byte classes`,
    )
  }
  const flags = new Uint32Array(256)
  for (const [number, members] of byteClasses.entries()) {
    if (members.length !== 256) throw new LiteralsError('LITERALS_INPUT', 'a byte class needs 256 entries')
    for (let unit = 0; unit < 256; unit++) {
      if (members[unit] === 1) flags[unit] = (flags[unit] ?? 0) | (1 << number)
    }
  }
  return flags
}
