import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import { writeAtomic } from '@sevenfold/layer'

/** Where reading of a file stands. A file is known by inode and by its beginning: inodes are used again. */
export interface FilePosition {
  readonly device: number
  readonly inode: number
  /** Bytes taken; always after a line break, unless the file has ended. */
  readonly offset: number
  /** SHA-256 of the first `headBytes` bytes, hex. */
  readonly head: string
  readonly headBytes: number
}

/** Most bytes of a file's beginning that tell it from another. */
export const maxHeadBytes = 256

/** Digest of a file's beginning. */
export function headDigest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

const limits = { maxTextLength: 4096, maxDepth: 2, maxNodes: 20, maxStringLength: 128 }

/** A stored position; undefined when there is none or it cannot be read: then the source starts as if new. */
export function readPosition(path: string): FilePosition | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
  const parsed = parseBoundedJson(text, limits)
  if (!parsed.ok || !isJsonObject(parsed.value)) return undefined
  const { device, inode, offset, head, headBytes } = parsed.value
  const numbers = [device, inode, offset, headBytes]
  if (!numbers.every((value) => Number.isSafeInteger(value) && Number(value) >= 0)) return undefined
  if (typeof head !== 'string' || Number(headBytes) > maxHeadBytes) return undefined
  return {
    device: Number(device),
    inode: Number(inode),
    offset: Number(offset),
    head,
    headBytes: Number(headBytes),
  }
}

/** Stores a position: atomic and durable. */
export function writePosition(path: string, position: FilePosition): void {
  writeAtomic(path, `${JSON.stringify(position)}\n`)
}
