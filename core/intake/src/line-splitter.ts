/** One line of a source. */
export interface IntakeLine {
  /** UTF-8 decoded; invalid bytes become U+FFFD. Without its line break. */
  readonly text: string
  /** Bytes beyond the limit were dropped. */
  readonly truncated: boolean
  /** Bytes that it took in its source, line break included. */
  readonly bytes: number
}

/** Longest line in bytes before it is cut. */
export const maxIntakeLineBytes = 65_536

/**
 * Splits a byte stream into lines. A line that is not complete waits for the rest; of a line over `maxBytes` the
 * beginning is kept and the rest is passed over, so that memory stays bounded whatever a log holds.
 */
export class LineSplitter {
  readonly #maxBytes: number
  #partial: Buffer[] = []
  #partialBytes = 0
  #overlong = false
  #seen = 0

  constructor(maxBytes: number = maxIntakeLineBytes) {
    this.#maxBytes = maxBytes
  }

  /** Lines that are complete after these bytes. */
  push(bytes: Uint8Array): IntakeLine[] {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const lines: IntakeLine[] = []
    let start = 0
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
      this.#keep(chunk.subarray(start, end))
      this.#seen += 1
      lines.push(this.#take())
      start = end + 1
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start))
    return lines
  }

  /** The line that has begun and not ended, where its source has ended for good. */
  end(): IntakeLine | undefined {
    return this.#partialBytes === 0 && !this.#overlong ? undefined : this.#take()
  }

  /** Forgets a line that has begun. */
  reset(): void {
    this.#partial = []
    this.#partialBytes = 0
    this.#overlong = false
    this.#seen = 0
  }

  #keep(bytes: Buffer): void {
    this.#seen += bytes.length
    const room = this.#maxBytes - this.#partialBytes
    if (bytes.length > room) this.#overlong = true
    const kept = bytes.subarray(0, Math.max(0, room))
    if (kept.length === 0) return
    // A copy: the caller reuses its buffer.
    this.#partial.push(Buffer.from(kept))
    this.#partialBytes += kept.length
  }

  #take(): IntakeLine {
    const [only] = this.#partial
    const whole = this.#partial.length === 1 && only !== undefined ? only : Buffer.concat(this.#partial)
    const end = whole.at(-1) === 0x0d && !this.#overlong ? whole.length - 1 : whole.length
    const line = { text: whole.toString('utf8', 0, end), truncated: this.#overlong, bytes: this.#seen }
    this.reset()
    return line
  }
}
