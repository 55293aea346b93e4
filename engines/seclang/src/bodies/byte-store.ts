import { Buffer } from 'node:buffer'

/** Bytes that are made one after the other and read as text: no string for each piece, and none that grows. */
export class ByteStore {
  #bytes = Buffer.allocUnsafeSlow(256)
  #size = 0
  #text: string | null = null

  /** Bytes so far. */
  get size(): number {
    return this.#size
  }

  /** Adds the part of a byte string from `from` to before `to`. */
  append(source: string, from: number, to: number): void {
    this.#text = null
    this.#makeRoom(to - from)
    const bytes = this.#bytes
    let size = this.#size
    for (let at = from; at < to; at++) bytes[size++] = source.charCodeAt(at)
    this.#size = size
  }

  /** A part of it, as a byte string. */
  slice(from: number, to: number): string {
    return this.#bytes.toString('latin1', from, to)
  }

  /** Everything so far, as a byte string; kept until more is added. */
  toString(): string {
    const text = this.#text ?? this.slice(0, this.#size)
    this.#text = text
    return text
  }

  #makeRoom(bytes: number): void {
    if (this.#size + bytes <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.#bytes.length, this.#size + bytes))
    this.#bytes.copy(larger, 0, 0, this.#size)
    this.#bytes = larger
  }
}
