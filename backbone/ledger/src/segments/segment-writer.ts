import { rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { syncDirectory } from '@sevenfold/layer'
import { segmentName } from './segment-name.ts'
import type { SegmentPosition } from './segment-reader.ts'

/**
 * Appends to the newest segment. One owner (the log), one call at a time. Bytes are durable when `append` resolves;
 * a failed append leaves the file as it was before, or says in the next append that it could not.
 */
export class SegmentWriter {
  readonly #folder: string
  readonly #segmentBytes: number
  #position: SegmentPosition
  #handle: FileHandle | undefined
  // A failed write may have left bytes behind our position: they must go before anything else is appended.
  #dirty = false

  constructor(folder: string, position: SegmentPosition, segmentBytes: number) {
    this.#folder = folder
    this.#position = position
    this.#segmentBytes = segmentBytes
  }

  /** Where the next line will stand; everything before it is durable. */
  get position(): SegmentPosition {
    return this.#position
  }

  /**
   * Writes whole lines and syncs. `onWritten` runs between write and sync completion, so that hashing costs no
   * waiting time; its result counts only if this call resolves.
   */
  async append(bytes: Uint8Array, lines: number, onWritten: () => void): Promise<void> {
    await this.#rollIfFull()
    const handle = await this.#open()
    if (this.#dirty) {
      await handle.truncate(this.#position.offset)
      this.#dirty = false
    }
    this.#dirty = true
    let written = 0
    while (written < bytes.length) {
      const left = bytes.length - written
      written += (await handle.write(bytes, written, left, this.#position.offset + written)).bytesWritten
    }
    const synced = handle.datasync()
    try {
      onWritten()
    } finally {
      await synced
    }
    this.#dirty = false
    const { segment, offset, index } = this.#position
    this.#position = { segment, offset: offset + bytes.length, index: index + lines }
  }

  async #open(): Promise<FileHandle> {
    if (this.#handle !== undefined) return this.#handle
    const path = join(this.#folder, segmentName(this.#position.segment))
    // Not 'a': positions are ours, and a truncated retry must overwrite.
    this.#handle = await open(path, this.#position.offset === 0 ? 'w' : 'r+', 0o600)
    if (this.#position.offset === 0) syncDirectory(this.#folder)
    return this.#handle
  }

  async #rollIfFull(): Promise<void> {
    const { offset, index } = this.#position
    if (offset < this.#segmentBytes) return
    await this.#repair()
    await this.close()
    this.#position = { segment: index, offset: 0, index }
  }

  /** Removes what a failed write left, so that a closed segment never ends in half a line. */
  async #repair(): Promise<void> {
    if (!this.#dirty) return
    await (await this.#open()).truncate(this.#position.offset)
    this.#dirty = false
  }

  /** Closes the file. An empty segment is removed: its name would stand for an entry that is not there. */
  async close(): Promise<void> {
    await this.#handle?.close()
    this.#handle = undefined
    if (this.#position.offset === 0) {
      rmSync(join(this.#folder, segmentName(this.#position.segment)), { force: true })
    }
  }
}
