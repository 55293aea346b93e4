import { Buffer } from 'node:buffer'

/** Pieces of a body that are held back until they are judged. */
export class BodyHold {
  bytes = 0
  /** True when the body has no further pieces. */
  complete = false
  readonly pieces: Buffer[] = []

  add(piece: Buffer): void {
    this.pieces.push(piece)
    this.bytes += piece.length
  }

  /** Everything held, in one buffer; null when nothing is. */
  join(): Buffer | null {
    const [first] = this.pieces
    if (first === undefined) return null
    return this.pieces.length === 1 ? first : Buffer.concat(this.pieces)
  }
}
