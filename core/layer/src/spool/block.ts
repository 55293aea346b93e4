import { createHash } from 'node:crypto'
import { chainNext } from '@sevenfold/event'
import type { Lane } from '@sevenfold/event'

/**
 * On disk a segment is text that a person can read:
 *
 *     SFS1 <agent> <epoch> <lane> <first> <chain hash before the first block>
 *     SFB1 <first> <lines> <bytes> <chain hash after this block> <check>
 *     {…event…}
 *     …
 *
 * `check` is the first 8 hex digits of SHA-256 over what stands before it in its line: the chain covers the events, not
 * the numbers in front of them. A block is written with one write and one fdatasync. A block whose bytes do not give its chain hash was never
 * durable (or is damaged), so that the end of a file after a crash is always known.
 */

/** First line of a segment. */
export interface SegmentHead {
  readonly agent: string
  readonly epoch: string
  readonly lane: Lane
  readonly first: number
  /** Chain hash before the first block, hex. */
  readonly previous: string
}

/** First line of a block. */
export interface BlockHead {
  readonly first: number
  readonly lines: number
  readonly bytes: number
  /** Chain hash after the block, hex. */
  readonly chain: string
}

/** Longest header line in bytes: two identities of 128 characters, numbers and a hash. */
export const maxHeaderBytes = 512
/** A block holds at most this many lines … */
export const maxBlockLines = 10_000
/** … and is closed at this many bytes (one line may exceed it by its own length). */
export const maxBlockBytes = 1_048_576

/** Text of a segment's first line. */
export function segmentHeader(head: SegmentHead): string {
  return `SFS1 ${head.agent} ${head.epoch} ${head.lane} ${head.first} ${head.previous}\n`
}

const segmentPattern =
  /^SFS1 ([a-z][a-z0-9./_-]{0,127}) ([0-9a-zA-Z-]{1,128}) (high|low) (\d{1,15}) ([0-9a-f]{64})$/
const blockPattern = /^(SFB1 (\d{1,15}) (\d{1,6}) (\d{1,9}) ([0-9a-f]{64})) ([0-9a-f]{8})$/

function checkOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}

function headerLine(bytes: Uint8Array, offset: number): { text: string; end: number } | undefined {
  const newline = bytes.subarray(offset, offset + maxHeaderBytes).indexOf(0x0a)
  if (newline < 0) return undefined
  return {
    text: Buffer.from(bytes.buffer, bytes.byteOffset + offset, newline).toString('latin1'),
    end: offset + newline + 1,
  }
}

/** Reads a segment's first line; undefined when it is not whole. */
export function parseSegmentHeader(bytes: Uint8Array): { head: SegmentHead; end: number } | undefined {
  const line = headerLine(bytes, 0)
  const match = line === undefined ? null : segmentPattern.exec(line.text)
  if (line === undefined || match === null) return undefined
  const [, agent = '', epoch = '', lane = '', first = '', previous = ''] = match
  return {
    head: { agent, epoch, lane: lane === 'high' ? 'high' : 'low', first: Number(first), previous },
    end: line.end,
  }
}

/** Reads a block's first line at `offset`; undefined when it is not whole. `end` is where the block's lines start. */
export function parseBlockHeader(
  bytes: Uint8Array,
  offset: number,
): { head: BlockHead; end: number } | undefined {
  const line = headerLine(bytes, offset)
  const match = line === undefined ? null : blockPattern.exec(line.text)
  if (line === undefined || match === null) return undefined
  const [, text = '', first = '', lines = '', size = '', chain = '', check = ''] = match
  if (checkOf(text) !== check) return undefined
  return {
    head: { first: Number(first), lines: Number(lines), bytes: Number(size), chain },
    end: line.end,
  }
}

/** Bytes of a block with its header, and the chain hash after it. */
export function encodeBlock(
  first: number,
  lines: readonly string[],
  previous: Uint8Array,
): { bytes: Buffer; chain: Uint8Array } {
  const body = Buffer.from(`${lines.join('\n')}\n`)
  const chain = chainNext(previous, body)
  const text = `SFB1 ${first} ${lines.length} ${body.length} ${Buffer.from(chain).toString('hex')}`
  return { bytes: Buffer.concat([Buffer.from(`${text} ${checkOf(text)}\n`, 'latin1'), body]), chain }
}
