import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { mkdir, open, rename, rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { TileTree, hashSize, tilePath, tileWidth, tilesOfSize } from '@sevenfold/merkle'
import type { Tile, TileId } from '@sevenfold/merkle'

/** The tiles of a log as files, in the C2SP tlog-tiles layout below a folder. */
export class TileStore {
  readonly #root: string
  readonly #folders = new Set<string>()

  constructor(root: string) {
    this.#root = root
  }

  /** Writes tiles. Full ones are synced: after retention they are all that is left of the entries below them. */
  async write(tiles: readonly Tile[]): Promise<void> {
    for (const tile of tiles) await this.#writeOne(tile)
  }

  async #writeOne(tile: Tile): Promise<void> {
    const path = join(this.#root, tilePath(tile))
    const folder = dirname(path)
    if (!this.#folders.has(folder)) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      // A cache of created folders; it starts anew before it could grow with the log.
      if (this.#folders.size > 1000) this.#folders.clear()
      this.#folders.add(folder)
    }
    const temporary = `${path}.tmp`
    const handle = await open(temporary, 'w', 0o600)
    try {
      await handle.writeFile(tile.bytes)
      if (tile.width === tileWidth) await handle.datasync()
    } finally {
      await handle.close()
    }
    await rename(temporary, path)
  }

  /** Removes partial tiles that a newer checkpoint no longer needs. */
  async removePartials(tiles: readonly TileId[]): Promise<void> {
    for (const tile of tiles) {
      const path = join(this.#root, tilePath(tile))
      this.#folders.delete(dirname(path))
      await rm(path, { force: true })
      // The folder `.p` goes with its last file; while another width is in it, it stays.
      await rmdir(dirname(path)).catch(() => undefined)
    }
  }

  /** Bytes of a tile, from its own file or from a wider one of the same place; undefined when there is none. */
  read(tile: TileId & { readonly level: number }): Uint8Array | undefined {
    const full = join(this.#root, tilePath({ ...tile, width: tileWidth }))
    if (existsSync(full)) return prefix(full, tile.width)
    const widths = readdirOrEmpty(`${full}.p`).map(Number)
    const width = Math.min(...widths.filter((width) => width >= tile.width))
    return Number.isFinite(width) ? prefix(join(`${full}.p`, String(width)), tile.width) : undefined
  }

  /** The tree of `size` entries from its tiles; undefined when one of them is missing. */
  restore(size: number): TileTree | undefined {
    const edges: Uint8Array[] = []
    for (const { level, full, partial } of tilesOfSize(size)) {
      const bytes = partial === 0 ? new Uint8Array() : this.read({ level, index: full, width: partial })
      if (bytes === undefined) return undefined
      edges.push(bytes)
    }
    return TileTree.restore(size, edges)
  }
}

function readdirOrEmpty(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function prefix(path: string, width: number): Uint8Array | undefined {
  const bytes = readFileSync(path)
  return bytes.length >= width * hashSize ? bytes.subarray(0, width * hashSize) : undefined
}
