import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { chainNext } from '@sevenfold/event'
import { maxHeaderBytes, parseBlockHeader, parseSegmentHeader } from './block.ts'

/** A place in a segment: the next block starts at `offset`, and `previous` is the chain hash before it. */
export interface Cursor {
  readonly path: string
  readonly offset: number
  /** Hex. */
  readonly previous: string
}

/** Blocks that follow each other without a gap. */
export interface BlockRun {
  readonly first: number
  readonly last: number
  readonly blocks: readonly number[]
  readonly body: Uint8Array
  readonly previous: string
  /** After the last block. */
  readonly cursor: Cursor
}

/** What a read of a segment gave. */
export type ReadResult =
  | { readonly kind: 'run'; readonly run: BlockRun }
  /** Nothing after the wanted sequence in this segment. */
  | { readonly kind: 'end' }
  /** The block at `offset` is not what was written. `last` is the last good sequence before it. */
  | { readonly kind: 'damaged'; readonly offset: number; readonly last: number }

/** What to read. */
export interface ReadRequest {
  readonly path: string
  /** First sequence of the segment. */
  readonly first: number
  /** Durable bytes of the segment; what stands after them may be half a block. */
  readonly bytes: number
  /** Read blocks that hold a sequence after this one. */
  readonly after: number
  readonly maxBytes: number
  readonly maxLines: number
  readonly maxBlocks: number
  /** Where to go on; undefined: at the start of the segment. */
  readonly cursor: Cursor | undefined
  /** Check each block's hash: for segments that this process did not write. */
  readonly verify: boolean
}

interface Walk {
  readonly request: ReadRequest
  readonly file: FileHandle
  offset: number
  previous: string
  /** Last sequence passed. */
  passed: number
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(Math.max(0, length))
  let done = 0
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return bytes.subarray(0, done)
}

interface Block {
  readonly first: number
  readonly lines: number
  readonly chain: string
  readonly body: Uint8Array
  readonly end: number
}

/** The block at `at` in `bytes`; undefined when it is not whole there. */
function blockIn(bytes: Uint8Array, at: number): Block | undefined {
  const header = parseBlockHeader(bytes, at)
  if (header === undefined || header.end + header.head.bytes > bytes.length) return undefined
  const { first, lines, chain, bytes: size } = header.head
  return { first, lines, chain, body: bytes.subarray(header.end, header.end + size), end: header.end + size }
}

function isSound(block: Block, previous: string, request: ReadRequest): boolean {
  if (!request.verify) return true
  return Buffer.from(chainNext(Buffer.from(previous, 'hex'), block.body)).toString('hex') === block.chain
}

async function startWalk(file: FileHandle, request: ReadRequest): Promise<Walk | undefined> {
  if (request.cursor !== undefined && request.cursor.path === request.path)
    return {
      request,
      file,
      offset: request.cursor.offset,
      previous: request.cursor.previous,
      passed: request.after,
    }
  const head = parseSegmentHeader(await readAt(file, 0, Math.min(maxHeaderBytes, request.bytes)))
  if (head === undefined) return undefined
  return { request, file, offset: head.end, previous: head.head.previous, passed: request.first - 1 }
}

/** Bytes from the walk's place: up to what is wanted, and at least one whole block where one stands there. */
async function window(walk: Walk): Promise<Uint8Array> {
  const left = walk.request.bytes - walk.offset
  const bytes = await readAt(walk.file, walk.offset, Math.min(left, walk.request.maxBytes + maxHeaderBytes))
  const header = parseBlockHeader(bytes, 0)
  if (header === undefined || header.end + header.head.bytes <= bytes.length) return bytes
  return readAt(walk.file, walk.offset, Math.min(left, header.end + header.head.bytes))
}

interface Collected {
  readonly parts: Uint8Array[]
  readonly blocks: number[]
  first: number
  last: number
  previous: string
  bytes: number
  lines: number
}

function fits(run: Collected, block: Block, request: ReadRequest): boolean {
  return (
    block.first === run.last + 1 &&
    run.bytes + block.body.length <= request.maxBytes &&
    run.lines + block.lines <= request.maxLines &&
    run.blocks.length < request.maxBlocks
  )
}

function collect(run: Collected | undefined, block: Block, previous: string): Collected {
  const into = run ?? { parts: [], blocks: [], first: block.first, last: 0, previous, bytes: 0, lines: 0 }
  into.parts.push(block.body)
  into.blocks.push(block.lines)
  into.last = block.first + block.lines - 1
  into.bytes += block.body.length
  into.lines += block.lines
  return into
}

function finish(run: Collected, walk: Walk): ReadResult {
  const { first, last, blocks, previous } = run
  const cursor = { path: walk.request.path, offset: walk.offset, previous: walk.previous }
  return { kind: 'run', run: { first, last, blocks, previous, body: Buffer.concat(run.parts), cursor } }
}

async function walkBlocks(walk: Walk): Promise<ReadResult> {
  const { request } = walk
  let run: Collected | undefined
  while (walk.offset < request.bytes) {
    const bytes = await window(walk)
    let at = 0
    for (let block = blockIn(bytes, at); block !== undefined; block = blockIn(bytes, at)) {
      if (!isSound(block, walk.previous, request)) break
      const last = block.first + block.lines - 1
      if (last > request.after) {
        if (run !== undefined && !fits(run, block, request)) return finish(run, walk)
        run = collect(run, block, walk.previous)
      }
      walk.passed = last
      walk.previous = block.chain
      walk.offset += block.end - at
      at = block.end
    }
    if (run !== undefined) return finish(run, walk)
    if (at === 0) return { kind: 'damaged', offset: walk.offset, last: walk.passed }
  }
  return run === undefined ? { kind: 'end' } : finish(run, walk)
}

/** Reads the next blocks of a segment. Rejects with the file system's error, `ENOENT` when the segment is gone. */
export async function readBlocks(request: ReadRequest): Promise<ReadResult> {
  const file = await open(request.path, 'r')
  try {
    const walk = await startWalk(file, request)
    if (walk === undefined) return { kind: 'damaged', offset: 0, last: request.first - 1 }
    return await walkBlocks(walk)
  } finally {
    await file.close()
  }
}
