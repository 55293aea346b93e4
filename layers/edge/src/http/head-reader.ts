import { Buffer } from 'node:buffer'
import { refusals } from './refusal.ts'
import type { Refusal } from './refusal.ts'

const endMark = Buffer.from('\r\n\r\n', 'latin1')
const cr = 0x0d
const lf = 0x0a

/** `HeadReader.push`: the head is not complete yet. */
export const headIncomplete = -1
/** `HeadReader.push`: the head is refused, see `HeadReader.refusal`. */
export const headRefused = -2

/** Collects the bytes of one head up to its empty line, whatever the pieces in which they arrive. */
export class HeadReader {
  /** The complete head with the CR LF of its last line, as a byte string. */
  text = ''
  refusal: Refusal = refusals.EDGE_HEADERS_TOO_LARGE
  private readonly limit: number
  private held: Buffer | null = null
  private length = 0
  private emptyLineSkipped = false

  constructor(limit: number) {
    this.limit = limit
  }

  /** True when bytes of an unfinished head are held. */
  get started(): boolean {
    return this.length > 0
  }

  /**
   * Takes `chunk` from `start`.
   * @returns index in `chunk` of the first byte behind the head, or `headIncomplete`, or `headRefused`.
   */
  push(chunk: Buffer, start: number): number {
    if (this.length > 0 || chunk[start] === cr) return this.pushHeld(chunk, start)
    const end = chunk.indexOf(endMark, start)
    if (end < 0 || end + 4 - start > this.limit) return this.hold(chunk, start)
    this.text = chunk.toString('latin1', start, end + 2)
    this.emptyLineSkipped = false
    return end + 4
  }

  /** Refusal of a head that the parser did not accept: a bare LF goes first, as it does when bytes arrive singly. */
  explain(refusal: Refusal): Refusal {
    return hasBareLf(this.text) ? refusals.EDGE_BARE_LF : refusal
  }

  private pushHeld(chunk: Buffer, start: number): number {
    const before = this.length
    this.append(chunk, start)
    if (this.held === null) return headIncomplete
    const skipped = this.skipEmptyLine()
    const end = this.held.subarray(0, this.length).indexOf(endMark, Math.max(0, before - skipped - 3))
    if (end < 0 || end + 4 > this.limit) return this.checkHeld()
    this.text = this.held.toString('latin1', 0, end + 2)
    const surplus = this.length - end - 4
    this.reset()
    return chunk.length - surplus
  }

  private hold(chunk: Buffer, start: number): number {
    this.append(chunk, start)
    return this.checkHeld()
  }

  /** RFC 9112 section 2.2: one empty line before a request line is ignored. Returns the bytes taken out. */
  private skipEmptyLine(): number {
    const held = this.held
    if (this.emptyLineSkipped || held === null || this.length < 2 || held[0] !== cr || held[1] !== lf)
      return 0
    this.emptyLineSkipped = true
    held.copyWithin(0, 2, this.length)
    this.length -= 2
    return 2
  }

  private checkHeld(): number {
    const text = this.held?.toString('latin1', 0, Math.min(this.length, this.limit)) ?? ''
    if (hasBareLf(text)) this.refusal = refusals.EDGE_BARE_LF
    else if (this.length >= this.limit) this.refusal = refusals.EDGE_HEADERS_TOO_LARGE
    else return headIncomplete
    this.reset()
    return headRefused
  }

  // Grows by doubling: bytes that arrive one by one must not cost a copy of all earlier ones each.
  private append(chunk: Buffer, start: number): void {
    const added = chunk.length - start
    const needed = this.length + added
    if (this.held === null || this.held.length < needed) {
      const larger = Buffer.allocUnsafe(Math.max(512, needed, 2 * this.length))
      this.held?.copy(larger, 0, 0, this.length)
      this.held = larger
    }
    chunk.copy(this.held, this.length, start)
    this.length = needed
  }

  private reset(): void {
    this.held = null
    this.length = 0
    this.emptyLineSkipped = false
  }
}

/** True when an LF has no CR before it. */
function hasBareLf(text: string): boolean {
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    if (at === 0 || text.charCodeAt(at - 1) !== cr) return true
  }
  return false
}
