import { MerkleError } from '../merkle-error.ts'
import { hashSize, nodeHash } from '../tree/hash.ts'
import type { HashReader } from '../tree/range.ts'
import { tileHeight, tileWidth } from './tile-path.ts'
import type { TileId } from './tile-path.ts'

/** Bytes of a tile, or undefined where it is not to be had. */
export type TileSource = (tile: TileId & { readonly level: number }) => Uint8Array | undefined

/**
 * Reads hashes of complete subtrees out of the tiles of a tree of `size` entries, for `treeRoot`, `inclusionProof`
 * and `consistencyProof`. Throws `MERKLE_BAD_TILE` when a tile is missing or has another length.
 */
export function tileHashReader(size: number, source: TileSource): HashReader {
  const cache = new Map<string, Uint8Array>()
  const tileAt = (level: number, index: number): Uint8Array => {
    const key = `${level}/${index}`
    const cached = cache.get(key)
    if (cached !== undefined) return cached
    const hashes = Math.floor(size / 2 ** (tileHeight * level))
    const width = Math.min(tileWidth, hashes - index * tileWidth)
    const bytes = width > 0 ? source({ level, index, width }) : undefined
    if (bytes === undefined || bytes.length !== width * hashSize) {
      throw new MerkleError(
        'MERKLE_BAD_TILE',
        `tile ${key} of width ${width} is missing or has another length`,
      )
    }
    cache.set(key, bytes)
    return bytes
  }
  return (level, index) => {
    const tileLevel = Math.floor(level / tileHeight)
    const count = 2 ** (level % tileHeight)
    const first = index * count
    const tile = tileAt(tileLevel, Math.floor(first / tileWidth))
    return subtree(tile, first % tileWidth, count)
  }
}

function subtree(tile: Uint8Array, start: number, count: number): Uint8Array {
  if ((start + count) * hashSize > tile.length) {
    throw new MerkleError('MERKLE_BAD_RANGE', 'the subtree is not complete in this tree')
  }
  if (count === 1) return tile.subarray(start * hashSize, (start + 1) * hashSize)
  return nodeHash(subtree(tile, start, count / 2), subtree(tile, start + count / 2, count / 2))
}
