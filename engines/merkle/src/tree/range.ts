import { MerkleError } from '../merkle-error.ts'

/** Hash of the complete subtree that covers entries `index · 2^level` to `(index + 1) · 2^level − 1`. */
export type HashReader = (level: number, index: number) => Uint8Array

/** Throws `MERKLE_BAD_RANGE` unless `size` is a whole number from 0 to 2^53 − 1. */
export function checkSize(size: number): void {
  if (!Number.isSafeInteger(size) || size < 0) {
    throw new MerkleError('MERKLE_BAD_RANGE', `a tree size is a whole number from 0, not ${size}`)
  }
}

/** Largest power of two below `size` (which is at least 2): k of RFC 6962 section 2.1. */
export function splitPoint(size: number): number {
  // Not with shifts: sizes pass 2^32.
  let k = 1
  while (k * 2 < size) k *= 2
  return k
}

/** log2 of a power of two. */
export function levelOf(width: number): number {
  let level = 0
  for (let left = width; left > 1; left /= 2) level += 1
  return level
}
