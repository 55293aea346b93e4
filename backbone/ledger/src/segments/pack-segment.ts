import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { syncDirectory } from '@sevenfold/layer'
import { encodeBlockTable, maxBlocks } from './block-table.ts'
import type { Block } from './block-table.ts'
import { openPacked } from './packed-segment.ts'
import type { SegmentContent } from './segment-content.ts'
import { packedName, segmentName } from './segment-name.ts'
import { maxSegmentLineBytes } from './segment-reader.ts'

const compress = promisify(gzip)

/** Bytes of lines in one block, about: what is unpacked to read one line. */
export const blockBytes = 131_072
/** Above this a segment stays plain: the table counts in 32 bits. */
const maxPackedBytes = 4_000_000_000
/** gzip level: see docs/decisions on packed segments. */
const level = 6

/** What packing did to one segment. */
export interface PackedSegmentSize {
  readonly first: number
  readonly plainBytes: number
  readonly packedBytes: number
}

interface Written {
  readonly bytes: number
  /** SHA-256 of the lines. */
  readonly digest: string
}

/** Writes whole lines as blocks; undefined when the lines are not whole, or it was told to end. */
async function writeBlocks(
  from: FileHandle,
  to: FileHandle,
  { size, signal }: { readonly size: number; readonly signal: AbortSignal | undefined },
): Promise<Written | undefined> {
  // Each block ends after a line, so it has at least half of these.
  const bytes = Buffer.allocUnsafe(
    Math.max(blockBytes, Math.ceil(size / (maxBlocks / 2)), 2 * (maxSegmentLineBytes + 1)),
  )
  const hash = createHash('sha256')
  const blocks: Block[] = []
  let [packedEnd, plainEnd] = [0, 0]
  while (plainEnd < size) {
    if (signal?.aborted === true || blocks.length === maxBlocks) return undefined
    const { bytesRead } = await from.read(bytes, 0, Math.min(bytes.length, size - plainEnd), plainEnd)
    const length = bytes.subarray(0, bytesRead).lastIndexOf(0x0a) + 1
    if (length === 0) return undefined
    const plain = bytes.subarray(0, length)
    hash.update(plain)
    const packed = await compress(plain, { level })
    await to.appendFile(packed)
    packedEnd += packed.length
    plainEnd += length
    blocks.push({ packedEnd, plainEnd })
  }
  if (blocks.length === 0) return undefined
  const table = encodeBlockTable(blocks)
  await to.appendFile(table)
  return { bytes: packedEnd + table.length, digest: hash.digest('hex') }
}

/** SHA-256 of the lines of an open segment, as hex. */
export async function digestOf(content: SegmentContent): Promise<string> {
  const hash = createHash('sha256')
  const bytes = Buffer.allocUnsafe(blockBytes)
  let offset = 0
  for (;;) {
    const count = await content.read(bytes, offset)
    if (count === 0) return hash.digest('hex')
    hash.update(bytes.subarray(0, count))
    offset += count
  }
}

async function digestOfPacked(path: string): Promise<string> {
  const content = await openPacked(await open(path, 'r'), path)
  try {
    return await digestOf(content)
  } finally {
    await content.close()
  }
}

/** Makes the packed form of a plain segment and reads it again; undefined when it stays plain. */
async function writePacked(
  plain: FileHandle,
  temporary: string,
  signal: AbortSignal | undefined,
): Promise<Omit<PackedSegmentSize, 'first'> | undefined> {
  const { size, atime, mtime } = await plain.stat()
  if (size === 0 || size > maxPackedBytes) return undefined
  const to = await open(temporary, 'w', 0o600)
  let written: Written | undefined
  try {
    written = await writeBlocks(plain, to, { size, signal })
    await to.utimes(atime, mtime)
    await to.sync()
  } finally {
    await to.close()
  }
  // It is about to be the only copy of evidence: what the disk gives back decides, not what was sent to it.
  if (written === undefined || (await digestOfPacked(temporary)) !== written.digest) return undefined
  return { plainBytes: size, packedBytes: written.bytes }
}

/**
 * Stores a closed segment as gzip: `<first>.ndjson` becomes `<first>.ndjson.gz`, which any gzip tool reads, in blocks that are unpacked one by
 * one. Killed at any moment, one of the two is there whole. Undefined when it stays as it is: gone, too large, not whole lines, or ended by
 * `signal`.
 */
export async function packSegment(
  folder: string,
  first: number,
  signal?: AbortSignal,
): Promise<PackedSegmentSize | undefined> {
  const [path, packed] = [join(folder, segmentName(first)), join(folder, packedName(first))]
  const temporary = `${packed}.tmp`
  const plain = await open(path, 'r')
  try {
    const sizes = await writePacked(plain, temporary, signal)
    if (sizes === undefined) return undefined
    await rename(temporary, packed)
    // Before the plain one may go, the name of the other must be on disk.
    syncDirectory(folder)
    rmSync(path, { force: true })
    return { first, ...sizes }
  } finally {
    await plain.close()
    rmSync(temporary, { force: true })
  }
}
