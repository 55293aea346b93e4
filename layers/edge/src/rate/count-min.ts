import type { RateKey } from './rate-key.ts'

const rows = 4

/**
 * How often keys came, in fixed memory (count-min sketch with conservative update): never less than the truth, more only
 * by collisions. `decay` halves all counts, so that the past fades.
 */
export class CountMin {
  private readonly mask: number
  private readonly cells: Uint32Array

  /** @param width cells a row, power of two. */
  constructor(width: number) {
    this.mask = width - 1
    this.cells = new Uint32Array(width * rows)
  }

  get bytes(): number {
    return this.cells.byteLength
  }

  /** Adds to a key and gives its count. Hot. */
  add(key: RateKey, by = 1): number {
    const next = this.count(key) + by
    for (let row = 0; row < rows; row += 1) {
      const at = this.cell(key, row)
      if ((this.cells[at] ?? 0) < next) this.cells[at] = next
    }
    return next
  }

  count(key: RateKey): number {
    let least = 0xffff_ffff
    for (let row = 0; row < rows; row += 1) least = Math.min(least, this.cells[this.cell(key, row)] ?? 0)
    return least
  }

  decay(): void {
    for (let at = 0; at < this.cells.length; at += 1) this.cells[at] = (this.cells[at] ?? 0) >>> 1
  }

  clear(): void {
    this.cells.fill(0)
  }

  // Kirsch–Mitzenmacher: any number of hashes from two.
  private cell({ hi, lo }: RateKey, row: number): number {
    return row * (this.mask + 1) + (((hi + Math.imul(row, lo | 1)) >>> 0) & this.mask)
  }
}
