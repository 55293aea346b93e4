import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { writeAtomic } from '@sevenfold/layer'
import { keyBytes } from './id-key.ts'

/** Where a line stands in its segment. */
export interface LinePlace {
  readonly offset: number
  readonly length: number
}

/** Key, offset and length of one line: fixed size, sorted by key, so that a search reads a few records. */
const recordBytes = keyBytes + 8

/** Writes the places of a closed segment, sorted by key. */
export function writeIdFile(path: string, places: ReadonlyMap<string, readonly LinePlace[]>): void {
  const entries = Array.from(places, ([key, list]) => ({ key: Buffer.from(key, 'latin1'), list }))
  entries.sort((a, b) => Buffer.compare(a.key, b.key))
  const bytes = Buffer.alloc(entries.reduce((sum, { list }) => sum + list.length, 0) * recordBytes)
  let at = 0
  for (const { key, list } of entries) {
    for (const { offset, length } of list) {
      key.copy(bytes, at)
      bytes.writeUInt32BE(offset, at + keyBytes)
      bytes.writeUInt32BE(length, at + keyBytes + 4)
      at += recordBytes
    }
  }
  writeAtomic(path, bytes)
}

async function keyAt(handle: FileHandle, record: Buffer, index: number): Promise<Buffer> {
  await handle.read(record, 0, recordBytes, index * recordBytes)
  return record.subarray(0, keyBytes)
}

/** Places of a key in a file, by binary search; none when the file is gone. `most` bounds the answer. */
export async function searchIdFile(path: string, key: string, most: number): Promise<LinePlace[]> {
  const wanted = Buffer.from(key, 'latin1')
  const record = Buffer.alloc(recordBytes)
  let handle: FileHandle
  try {
    handle = await open(path, 'r')
  } catch {
    // Removed together with its segment.
    return []
  }
  try {
    const count = Math.floor((await handle.stat()).size / recordBytes)
    let low = 0
    let high = count
    while (low < high) {
      const middle = (low + high) >> 1
      if (Buffer.compare(await keyAt(handle, record, middle), wanted) < 0) low = middle + 1
      else high = middle
    }
    const places: LinePlace[] = []
    for (; low < count && places.length < most; low += 1) {
      if (!(await keyAt(handle, record, low)).equals(wanted)) break
      places.push({ offset: record.readUInt32BE(keyBytes), length: record.readUInt32BE(keyBytes + 4) })
    }
    return places
  } finally {
    await handle.close()
  }
}
