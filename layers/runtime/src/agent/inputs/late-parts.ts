/** Bytes of a part that are kept: its head and the beginning of its value. */
export const keptOfPart = 4_096
/** Parts that are kept. */
export const maxLateParts = 64

const mark = Buffer.from('form-data;')

/**
 * The fields of a form in parts (RFC 7578) that come behind everything that is kept of a body: whoever puts a long file in
 * front must not hide them. Pieces may be cut anywhere.
 */
export class LateParts {
  readonly #parts = new Map<number, string>()
  #rest = Buffer.alloc(0)
  #seen = 0

  /** Bytes that were looked through. */
  get bytes(): number {
    return this.#seen
  }

  /** Looks through the next piece of the body. */
  add(chunk: Uint8Array): void {
    const bytes = Buffer.concat([this.#rest, chunk])
    const start = this.#seen - this.#rest.length
    this.#seen += chunk.length
    for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1)) {
      // A part that was cut by the end of a piece is read again with the next one.
      if (!this.#parts.has(start + at) && this.#parts.size >= maxLateParts) break
      this.#parts.set(start + at, bytes.toString('utf8', at, at + keptOfPart))
    }
    this.#rest = bytes.subarray(Math.max(0, bytes.length - keptOfPart))
  }

  /** The parts as a body of their own. */
  text(): string {
    return [...this.#parts.values()].map((part) => `\r\n--\r\n${part}`).join('')
  }
}
