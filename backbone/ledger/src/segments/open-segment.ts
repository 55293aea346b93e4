import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { openPacked } from './packed-segment.ts'
import type { SegmentContent } from './segment-content.ts'
import { packedName, segmentName } from './segment-name.ts'

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function plainSegment(handle: FileHandle): SegmentContent {
  return {
    length: async () => (await handle.stat()).size,
    read: async (into, offset) => (await handle.read(into, 0, into.length, offset)).bytesRead,
    close: () => handle.close(),
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/**
 * Opens the segment whose first entry is `first`; undefined when it is not there (any more). Plain before packed: while one is replaced by
 * the other, at least one of them is there at any moment.
 * @throws LedgerError LEDGER_CORRUPT when it is packed and damaged.
 */
export async function openSegment(folder: string, first: number): Promise<SegmentContent | undefined> {
  const plain = await openIfThere(join(folder, segmentName(first)))
  if (plain !== undefined) return plainSegment(plain)
  const path = join(folder, packedName(first))
  const packed = await openIfThere(path)
  return packed === undefined ? undefined : await openPacked(packed, path)
}
