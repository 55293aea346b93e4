import { MerkleError } from '../merkle-error.ts'
import { emptyRoot, hashSize, nodeHash } from '../tree/hash.ts'
import { maxTileLevel, tileHeight, tileWidth } from './tile-path.ts'
import type { TileId } from './tile-path.ts'

/** A tile and its hashes, one after the other. */
export interface Tile extends TileId {
  readonly level: number
  readonly bytes: Uint8Array
}

/** Root of the hashes of a complete subtree, of which there are a power of two. */
function foldComplete(hashes: readonly Uint8Array[]): Uint8Array {
  let row = hashes
  while (row.length > 1) {
    const next: Uint8Array[] = []
    for (let i = 0; i + 1 < row.length; i += 2) {
      next.push(nodeHash(row[i] ?? emptyRoot(), row[i + 1] ?? emptyRoot()))
    }
    row = next
  }
  return row[0] ?? emptyRoot()
}

function joinHashes(hashes: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(hashes.length * hashSize)
  for (const [i, hash] of hashes.entries()) bytes.set(hash, i * hashSize)
  return bytes
}

function splitHashes(bytes: Uint8Array): Uint8Array[] {
  if (bytes.length % hashSize !== 0 || bytes.length >= tileWidth * hashSize) {
    throw new MerkleError('MERKLE_BAD_TILE', `a partial tile has 0 to 255 hashes, not ${bytes.length} bytes`)
  }
  return Array.from({ length: bytes.length / hashSize }, (_, i) =>
    bytes.slice(i * hashSize, (i + 1) * hashSize),
  )
}

/** Roots of the complete subtrees of one edge, widest (leftmost) first. */
function peaksOf(edge: readonly Uint8Array[]): Uint8Array[] {
  const peaks: Uint8Array[] = []
  let start = 0
  for (let width = tileWidth / 2; width >= 1; width /= 2) {
    if (edge.length - start < width) continue
    peaks.push(foldComplete(edge.slice(start, start + width)))
    start += width
  }
  return peaks
}

/**
 * A growing RFC 6962 tree that keeps only its right edge, at most 255 hashes a tile level, and hands out each full
 * tile once. Memory does not grow with the log.
 */
export class TileTree {
  #size = 0
  readonly #edges: Uint8Array[][] = [[]]
  #full: Tile[] = []

  /** Entries in the tree. */
  get size(): number {
    return this.#size
  }

  /**
   * A tree of `size` entries from the partial tiles at its right edge, level 0 first (empty where a level has none).
   * Throws `MERKLE_BAD_TILE` when they do not have the widths that `size` demands.
   */
  static restore(size: number, edges: readonly Uint8Array[]): TileTree {
    const tree = new TileTree()
    tree.#size = size
    let hashes = size
    for (const [level, bytes] of edges.entries()) {
      const edge = splitHashes(bytes)
      if (edge.length !== hashes % tileWidth) {
        throw new MerkleError(
          'MERKLE_BAD_TILE',
          `level ${level} of a tree of ${size} has ${edge.length} hashes`,
        )
      }
      tree.#edges[level] = edge
      hashes = Math.floor(hashes / tileWidth)
    }
    if (hashes > 0) throw new MerkleError('MERKLE_BAD_TILE', `a tree of ${size} has more levels`)
    return tree
  }

  /** Adds the hash of the next entry. */
  append(leaf: Uint8Array): void {
    if (leaf.length !== hashSize) throw new MerkleError('MERKLE_BAD_HASH', `a hash has ${hashSize} bytes`)
    this.#size += 1
    this.#push(0, leaf)
  }

  #push(level: number, hash: Uint8Array): void {
    let edge = this.#edges[level]
    if (edge === undefined) {
      edge = []
      this.#edges[level] = edge
    }
    edge.push(hash)
    if (edge.length < tileWidth) return
    const perTile = 2 ** (tileHeight * (level + 1))
    const index = Math.ceil(this.#size / perTile) - 1
    this.#full.push({ level, index, width: tileWidth, bytes: joinHashes(edge) })
    this.#edges[level] = []
    if (level < maxTileLevel) this.#push(level + 1, foldComplete(edge))
  }

  /** Tiles that became full since the last call. The caller stores them; they never change. */
  takeFullTiles(): Tile[] {
    const tiles = this.#full
    this.#full = []
    return tiles
  }

  /** The partial tiles at the right edge now. */
  partialTiles(): Tile[] {
    const tiles: Tile[] = []
    for (const [level, edge] of this.#edges.entries()) {
      if (edge.length === 0) continue
      const index = Math.floor(this.#size / 2 ** (tileHeight * (level + 1)))
      tiles.push({ level, index, width: edge.length, bytes: joinHashes(edge) })
    }
    return tiles
  }

  /** What `restore` needs besides the size: the hashes at the right edge of each level, level 0 first. */
  edges(): Uint8Array[] {
    return this.#edges.map(joinHashes)
  }

  /** Root of the tree now. RFC 6962 section 2.1. At most 255 hashes a level. */
  root(): Uint8Array {
    let root: Uint8Array | undefined
    for (const edge of this.#edges) {
      for (const peak of peaksOf(edge).toReversed()) root = root === undefined ? peak : nodeHash(peak, root)
    }
    return root ?? emptyRoot()
  }
}
