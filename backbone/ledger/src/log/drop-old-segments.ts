import { rmSync } from 'node:fs'
import { listSegments, segmentBytes } from '../segments/segment-name.ts'

/** What retention removed. */
export interface DroppedSegments {
  readonly segments: number
  readonly bytes: number
  /** Index of the oldest entry that is still readable. */
  readonly oldest: number
}

/**
 * Removes oldest segments until the rest fits into `budgetBytes`. Never the newest one, and none with entries that
 * are not signed yet. The tree keeps their hashes: roots and proofs stay valid.
 */
export function dropOldSegments(
  folder: string,
  budgetBytes: number,
  signedSize: number,
): DroppedSegments | undefined {
  const segments = listSegments(folder)
  const sizes = segments.map(segmentBytes)
  let total = sizes.reduce((sum, size) => sum + size, 0)
  let count = 0
  let bytes = 0
  for (const [i, segment] of segments.entries()) {
    const next = segments[i + 1]
    // A snapshot may stand at the end of a segment whose successor holds nothing signed yet: that one stays.
    if (total <= budgetBytes || next === undefined || next.first >= signedSize) break
    rmSync(segment.path, { force: true })
    const size = sizes[i] ?? 0
    total -= size
    bytes += size
    count += 1
  }
  if (count === 0) return undefined
  return { segments: count, bytes, oldest: segments[count]?.first ?? 0 }
}
