import { MerkleError } from '../merkle-error.ts'
import { emptyRoot, nodeHash } from './hash.ts'
import { checkSize, levelOf, splitPoint } from './range.ts'
import type { HashReader } from './range.ts'

/**
 * Root of entries `start` to `start + size − 1`, from complete subtrees. `start` must be a multiple of the width of
 * the left subtree, which holds for every range that proofs ask for.
 */
function rangeHash(read: HashReader, start: number, size: number): Uint8Array {
  if (size === 1) return read(0, start)
  const k = splitPoint(size)
  if (k * 2 === size) return read(levelOf(size), start / size)
  return nodeHash(rangeHash(read, start, k), rangeHash(read, start + k, size - k))
}

/** Root of the tree of `size` entries. RFC 6962 section 2.1 (MTH). */
export function treeRoot(read: HashReader, size: number): Uint8Array {
  checkSize(size)
  return size === 0 ? emptyRoot() : rangeHash(read, 0, size)
}

/**
 * Proof that entry `index` is in the tree of `size` entries, from the leaf upwards. RFC 6962 section 2.1.1 (PATH).
 * Throws `MERKLE_BAD_RANGE` when the tree has no such entry.
 */
export function inclusionProof(read: HashReader, index: number, size: number): Uint8Array[] {
  checkSize(size)
  checkSize(index)
  if (index >= size) throw new MerkleError('MERKLE_BAD_RANGE', `no entry ${index} in a tree of ${size}`)
  const proof: Uint8Array[] = []
  let start = 0
  let width = size
  while (width > 1) {
    const k = splitPoint(width)
    if (index - start < k) {
      proof.push(rangeHash(read, start + k, width - k))
      width = k
    } else {
      proof.push(rangeHash(read, start, k))
      start += k
      width -= k
    }
  }
  return proof.toReversed()
}

/**
 * Proof that the tree of `newSize` entries continues the tree of `oldSize` entries. RFC 6962 section 2.1.2 (PROOF).
 * Empty when the sizes are equal or the old tree is empty. Throws `MERKLE_BAD_RANGE` when `oldSize > newSize`.
 */
export function consistencyProof(read: HashReader, oldSize: number, newSize: number): Uint8Array[] {
  checkSize(oldSize)
  checkSize(newSize)
  if (oldSize > newSize) {
    throw new MerkleError('MERKLE_BAD_RANGE', `a tree of ${newSize} does not continue one of ${oldSize}`)
  }
  if (oldSize === 0 || oldSize === newSize) return []
  const proof: Uint8Array[] = []
  let start = 0
  let width = newSize
  let whole = true // the subtree in view is one that the verifier of the old root knows
  let old = oldSize
  while (old < width) {
    const k = splitPoint(width)
    if (old <= k) {
      proof.push(rangeHash(read, start + k, width - k))
      width = k
    } else {
      proof.push(rangeHash(read, start, k))
      start += k
      width -= k
      old -= k
      whole = false
    }
  }
  if (!whole) proof.push(rangeHash(read, start, width))
  return proof.toReversed()
}
