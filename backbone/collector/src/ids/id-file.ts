import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
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

/** First and last key of a file. */
export interface IdRange {
  readonly first: Buffer
  readonly last: Buffer
}

/** Keys between which all keys of a file are; undefined when it is gone or empty. */
export function readIdRange(path: string): IdRange | undefined {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return undefined
  }
  try {
    const count = Math.floor(fstatSync(file).size / recordBytes)
    if (count === 0) return undefined
    const [first, last] = [Buffer.alloc(keyBytes), Buffer.alloc(keyBytes)]
    readSync(file, first, 0, keyBytes, 0)
    readSync(file, last, 0, keyBytes, (count - 1) * recordBytes)
    return { first, last }
  } finally {
    closeSync(file)
  }
}

/** Records of the last step of a search: about one page of the disk, read at once. */
const windowRecords = 170

/** First record of `count` whose key is not below `wanted`, narrowed down to at most `windowRecords` candidates. */
function narrow(file: number, wanted: Buffer, count: number): { low: number; high: number } {
  const key = Buffer.alloc(keyBytes)
  let low = 0
  let high = count
  while (high - low > windowRecords) {
    const middle = (low + high) >> 1
    readSync(file, key, 0, keyBytes, middle * recordBytes)
    if (Buffer.compare(key, wanted) < 0) low = middle + 1
    else high = middle
  }
  return { low, high }
}

/**
 * Places of a key in a file, by binary search; none when the file is gone. `most` bounds the answer. Waits for the disk: a dozen small reads
 * cost less so than one trip through the pool of threads, and a log has hundreds of such files.
 */
export function searchIdFile(path: string, key: string, most: number): LinePlace[] {
  const wanted = Buffer.from(key, 'latin1')
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    // Removed together with its segment.
    return []
  }
  try {
    const count = Math.floor(fstatSync(file).size / recordBytes)
    const { low, high } = narrow(file, wanted, count)
    // The first record with the key is in the window or just behind it; as many as are wanted follow.
    const last = Math.min(count, high + most)
    const records = Buffer.alloc((last - low) * recordBytes)
    readSync(file, records, 0, records.length, low * recordBytes)
    const places: LinePlace[] = []
    for (let at = 0; at < records.length && places.length < most; at += recordBytes) {
      const order = Buffer.compare(records.subarray(at, at + keyBytes), wanted)
      if (order > 0) break
      if (order < 0) continue
      const offset = records.readUInt32BE(at + keyBytes)
      places.push({ offset, length: records.readUInt32BE(at + keyBytes + 4) })
    }
    return places
  } finally {
    closeSync(file)
  }
}
