import { openSegment } from './open-segment.ts'
import { maxSegmentLineBytes } from './segment-reader.ts'
import type { SegmentContent } from './segment-content.ts'

/** Where a line stands. */
export interface LineAt {
  /** Index of the first entry of its segment. */
  readonly segment: number
  readonly offset: number
  /** Bytes without the newline. */
  readonly length: number
}

/** Reads lines that stand at known places, in any order; lines that are near one another cost one look at the disk. */
export class LineReader {
  readonly #folder: string
  #open: { readonly segment: number; readonly content: SegmentContent } | undefined

  /** `folder` is that of the segments. */
  constructor(folder: string) {
    this.#folder = folder
  }

  /** The line; undefined when it is gone, damaged or not one whole line. */
  async read(at: LineAt): Promise<string | undefined> {
    if (at.length < 1 || at.length > maxSegmentLineBytes) return undefined
    try {
      const content = await this.#contentOf(at.segment)
      const bytes = Buffer.allocUnsafe(at.length + 1)
      const count = (await content?.read(bytes, at.offset)) ?? 0
      const isLine = count === at.length + 1 && bytes.indexOf(0x0a) === at.length
      return isLine ? bytes.toString('utf8', 0, at.length) : undefined
    } catch {
      // Dropped by retention, or damaged, which verification names: not found is an answer.
      return undefined
    }
  }

  async #contentOf(segment: number): Promise<SegmentContent | undefined> {
    if (this.#open?.segment === segment) return this.#open.content
    await this.close()
    const content = await openSegment(this.#folder, segment)
    if (content !== undefined) this.#open = { segment, content }
    return content
  }

  /** Closes what is open. The reader can go on afterwards. */
  async close(): Promise<void> {
    await this.#open?.content.close()
    this.#open = undefined
  }
}
