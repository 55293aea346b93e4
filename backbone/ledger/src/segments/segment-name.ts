import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** One segment file: NDJSON, named after the index of its first entry. */
export interface SegmentFile {
  /** Ledger index of its first line, from 0. */
  readonly first: number
  readonly path: string
}

const nameForm = /^(\d{20})\.ndjson$/

/** File name of the segment whose first line is entry `first`. */
export function segmentName(first: number): string {
  return `${String(first).padStart(20, '0')}.ndjson`
}

/** Segments in a folder, oldest first; none when the folder does not exist. Other files are ignored. */
export function listSegments(folder: string): SegmentFile[] {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
  return names
    .flatMap((name) => {
      const match = nameForm.exec(name)
      return match === null ? [] : [{ first: Number(match[1]), path: join(folder, name) }]
    })
    .toSorted((a, b) => a.first - b.first)
}

/** Bytes of a segment; 0 when it is gone. */
export function segmentBytes(segment: SegmentFile): number {
  return statSync(segment.path, { throwIfNoEntry: false })?.size ?? 0
}
