import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** One segment file: NDJSON, plain or packed, named after the index of its first entry. */
export interface SegmentFile {
  /** Ledger index of its first line, from 0. */
  readonly first: number
  readonly path: string
  /** True when it is stored as gzip; see `packSegment`. */
  readonly packed: boolean
}

const nameForm = /^(\d{20})\.ndjson(\.gz)?$/

/** File name of the segment whose first line is entry `first`. */
export function segmentName(first: number): string {
  return `${String(first).padStart(20, '0')}.ndjson`
}

/** File name of the same segment once it is packed. */
export function packedName(first: number): string {
  return `${segmentName(first)}.gz`
}

/** Segments in a folder, oldest first; none when the folder does not exist. Other files are ignored; where one is there twice, the plain one counts. */
export function listSegments(folder: string): SegmentFile[] {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
  const found = new Map<number, SegmentFile>()
  for (const name of names) {
    const match = nameForm.exec(name)
    if (match === null) continue
    const [first, packed] = [Number(match[1]), match[2] !== undefined]
    if (!packed || !found.has(first)) found.set(first, { first, path: join(folder, name), packed })
  }
  return [...found.values()].toSorted((a, b) => a.first - b.first)
}

/** Bytes that a segment takes on disk; 0 when it is gone. */
export function segmentBytes({ path }: Pick<SegmentFile, 'path'>): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
