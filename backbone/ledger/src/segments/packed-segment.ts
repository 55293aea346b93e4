import type { FileHandle } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { LedgerError } from '../ledger-error.ts'
import { decodeBlockTable, tableBytes, tailBytes } from './block-table.ts'
import type { Block } from './block-table.ts'
import type { SegmentContent } from './segment-content.ts'

const unpack = promisify(gunzip)

function damaged(path: string, cause?: unknown): LedgerError {
  return new LedgerError('LEDGER_CORRUPT', `${path} is not a packed segment as we wrote it`, {
    hint: 'run sevenfold ledger verify; restore the file from a copy',
    ...(cause === undefined ? {} : { cause }),
  })
}

async function readExactly(handle: FileHandle, from: number, length: number): Promise<Buffer | undefined> {
  const bytes = Buffer.allocUnsafe(length)
  const { bytesRead } = await handle.read(bytes, 0, length, from)
  return bytesRead === length ? bytes : undefined
}

async function readBlocks(handle: FileHandle): Promise<readonly Block[] | undefined> {
  const { size } = await handle.stat()
  const tail = size < tailBytes ? undefined : await readExactly(handle, size - tailBytes, tailBytes)
  const length = tail === undefined ? undefined : tableBytes(tail)
  if (length === undefined || length > size) return undefined
  const table = await readExactly(handle, size - length, length)
  return table === undefined ? undefined : decodeBlockTable(table, size)
}

/** Reads the lines of a packed segment. Keeps the block that was read last, since lines are asked for one after the other. */
class PackedSegment implements SegmentContent {
  readonly #handle: FileHandle
  readonly #path: string
  readonly #blocks: readonly Block[]
  #block: { readonly number: number; readonly bytes: Buffer } | undefined

  constructor(handle: FileHandle, path: string, blocks: readonly Block[]) {
    this.#handle = handle
    this.#path = path
    this.#blocks = blocks
  }

  length(): Promise<number> {
    return Promise.resolve(this.#blocks.at(-1)?.plainEnd ?? 0)
  }

  async read(into: Buffer, offset: number): Promise<number> {
    let done = 0
    let number = this.#blockAt(offset)
    for (; done < into.length && number < this.#blocks.length; number += 1) {
      const bytes = await this.#unpack(number)
      const from = offset + done - (this.#blocks[number - 1]?.plainEnd ?? 0)
      done += bytes.copy(into, done, from)
    }
    return done
  }

  /** Number of the block that holds the byte at `offset`; the number of blocks when there is none. */
  #blockAt(offset: number): number {
    let low = 0
    let high = this.#blocks.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#blocks[middle]?.plainEnd ?? 0) <= offset) low = middle + 1
      else high = middle
    }
    return low
  }

  async #unpack(number: number): Promise<Buffer> {
    if (this.#block?.number === number) return this.#block.bytes
    const [before, block] = [this.#blocks[number - 1], this.#blocks[number]]
    if (block === undefined) throw damaged(this.#path)
    const [from, plainFrom] = [before?.packedEnd ?? 0, before?.plainEnd ?? 0]
    const length = block.plainEnd - plainFrom
    const packed = await readExactly(this.#handle, from, block.packedEnd - from)
    if (packed === undefined) throw damaged(this.#path)
    const bytes = await unpack(packed, { maxOutputLength: length }).catch((error: unknown) => {
      throw damaged(this.#path, error)
    })
    if (bytes.length !== length) throw damaged(this.#path)
    this.#block = { number, bytes }
    return bytes
  }

  close(): Promise<void> {
    return this.#handle.close()
  }
}

/** The packed segment in an open file, which is ours from here on. @throws LedgerError LEDGER_CORRUPT. */
export async function openPacked(handle: FileHandle, path: string): Promise<SegmentContent> {
  const blocks = await readBlocks(handle).catch(async (error: unknown) => {
    await handle.close()
    throw error
  })
  if (blocks !== undefined) return new PackedSegment(handle, path, blocks)
  await handle.close()
  throw damaged(path)
}
