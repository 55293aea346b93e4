import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { chainNext } from '@sevenfold/event'
import { systemCode } from '../error.ts'
import { parseBlockHeader, parseSegmentHeader } from './block.ts'
import type { BlockHead, SegmentHead } from './block.ts'

/** One segment file as the spool keeps it in memory. */
export interface Segment {
  readonly path: string
  readonly first: number
  /** Last sequence in it; `first - 1` while it is empty. */
  last: number
  bytes: number
}

const namePattern = /^(\d{15})\.seg$/

/** File name of the segment that starts at `first`; names sort by sequence. */
export function segmentName(first: number): string {
  return `${String(first).padStart(15, '0')}.seg`
}

/** Paths of a lane's segments with their first sequence, oldest first. A missing folder has none. */
export function listSegments(folder: string): { path: string; first: number }[] {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  }
  return names
    .flatMap((name) => {
      const match = namePattern.exec(name)
      return match === null ? [] : [{ path: join(folder, name), first: Number(match[1]) }]
    })
    .toSorted((a, b) => a.first - b.first)
}

/** What a walk over a segment found. */
export interface SegmentScan {
  readonly head: SegmentHead | undefined
  /** Last sequence of the last good block. */
  readonly last: number
  /** Chain hash after the last good block. */
  readonly chain: Uint8Array
  /** Bytes up to the end of the last good block. */
  readonly goodBytes: number
  readonly fileBytes: number
  /** Whole block headers stand after the damage: the file was damaged after it was durable, not cut by a crash. */
  readonly damaged: boolean
  /** Last sequence that a block header after the damage claims; 0 without damage. */
  readonly claimed: number
}

function bodyMatches(
  bytes: Uint8Array,
  block: { head: BlockHead; end: number },
  previous: Uint8Array,
): Uint8Array | undefined {
  const end = block.end + block.head.bytes
  if (end > bytes.length) return undefined
  const chain = chainNext(previous, bytes.subarray(block.end, end))
  return Buffer.from(chain).toString('hex') === block.head.chain ? chain : undefined
}

/** Last sequence claimed by any block header after `offset`: at least two headers mean later damage, not a torn tail. */
function claimedAfter(bytes: Uint8Array, offset: number): { headers: number; last: number } {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let headers = 0
  let last = 0
  for (let at = text.indexOf('SFB1 ', offset); at >= 0; at = text.indexOf('SFB1 ', at + 5)) {
    const block = at === 0 || text[at - 1] === 0x0a ? parseBlockHeader(text, at) : undefined
    if (block === undefined) continue
    headers += 1
    last = Math.max(last, block.head.first + block.head.lines - 1)
  }
  return { headers, last }
}

/** Walks a whole segment and checks every block's hash. */
export function scanSegment(path: string): SegmentScan {
  const bytes = readFileSync(path)
  const start = parseSegmentHeader(bytes)
  if (start === undefined) {
    const after = claimedAfter(bytes, 0)
    const none = {
      head: undefined,
      last: 0,
      chain: new Uint8Array(32),
      goodBytes: 0,
      fileBytes: bytes.length,
    }
    return { ...none, damaged: after.headers > 0, claimed: after.last }
  }
  let chain: Uint8Array = Buffer.from(start.head.previous, 'hex')
  let last = start.head.first - 1
  let offset = start.end
  while (offset < bytes.length) {
    const block = parseBlockHeader(bytes, offset)
    const next = block === undefined ? undefined : bodyMatches(bytes, block, chain)
    if (block === undefined || next === undefined) break
    chain = next
    last = block.head.first + block.head.lines - 1
    offset = block.end + block.head.bytes
  }
  const after = offset < bytes.length ? claimedAfter(bytes, offset) : { headers: 0, last: 0 }
  // One header is what a torn write leaves; a second one was written after the first was durable.
  const damaged = after.headers > 1
  const claimed = damaged ? after.last : 0
  return { head: start.head, last, chain, goodBytes: offset, fileBytes: bytes.length, damaged, claimed }
}
