import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Bytes of the files in folders that are kept beside the database: places of ids, filters of words. */
export function besideBytes(folders: readonly string[]): number {
  let bytes = 0
  for (const folder of folders) {
    for (const name of readdirSync(folder))
      bytes += statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0
  }
  return bytes
}

/** What is left for the database of the room for all three: at least half, since ids go with their segments and not with the index. */
export function databaseRoom(indexBytes: number, beside: number): number {
  return Math.max(indexBytes / 2, indexBytes - beside)
}
