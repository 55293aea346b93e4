import { MerkleError } from '../merkle-error.ts'

/** Hashes in a full tile, entries in a full bundle, and the fan-out from one tile level to the next. */
export const tileWidth = 256
/** Tree levels in one tile: log2 of `tileWidth`. */
export const tileHeight = 8
/** Highest tile level: 2^63 entries need no more. */
export const maxTileLevel = 7

/** Coordinates of a tile; `level` is `entries` for a bundle of entries. `width` is 256 or, in a partial tile, 1 to 255. */
export interface TileId {
  readonly level: number | 'entries'
  readonly index: number
  readonly width: number
}

function indexPath(index: number): string {
  let path = String(index % 1000).padStart(3, '0')
  for (let left = Math.floor(index / 1000); left > 0; left = Math.floor(left / 1000)) {
    path = `x${String(left % 1000).padStart(3, '0')}/${path}`
  }
  return path
}

/** Path of a tile below the log's prefix, such as `tile/0/x001/x234/067.p/5`. C2SP tlog-tiles, "Merkle Tree". */
export function tilePath(tile: TileId): string {
  const { level, index, width } = tile
  const levelOk = level === 'entries' || (Number.isInteger(level) && level >= 0 && level <= maxTileLevel)
  if (!levelOk || !Number.isSafeInteger(index) || index < 0 || !(width >= 1 && width <= tileWidth)) {
    throw new MerkleError('MERKLE_BAD_RANGE', `no tile ${level}/${index} of width ${width}`)
  }
  return `tile/${level}/${indexPath(index)}${width === tileWidth ? '' : `.p/${width}`}`
}

const pathForm = /^tile\/(entries|[0-7])\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/

/** The tile at a path, or undefined where `path` is not one that `tilePath` makes. */
export function parseTilePath(path: string): TileId | undefined {
  const match = pathForm.exec(path)
  if (match === null) return undefined
  const index = Number((match[2] ?? '').replaceAll(/[x/]/gu, ''))
  const width = match[3] === undefined ? tileWidth : Number(match[3])
  if (!Number.isSafeInteger(index) || width > tileWidth) return undefined
  const tile: TileId = { level: match[1] === 'entries' ? 'entries' : Number(match[1]), index, width }
  // Only the one canonical spelling: no leading zero groups, no `.p/256`.
  return tilePath(tile) === path ? tile : undefined
}

/** Tiles that hold the hashes of a tree of `size` entries: per level the number of full tiles and the width of the partial one. */
export function tilesOfSize(size: number): { level: number; full: number; partial: number }[] {
  const levels: { level: number; full: number; partial: number }[] = []
  let hashes = size
  for (let level = 0; hashes > 0; level += 1) {
    levels.push({ level, full: Math.floor(hashes / tileWidth), partial: hashes % tileWidth })
    hashes = Math.floor(hashes / tileWidth)
  }
  return levels
}
