/** A client that came often. `error`: by how much the count may be too high. */
export interface HeavyHitter {
  readonly name: string
  readonly count: number
  readonly error: number
}

interface Cell {
  count: number
  error: number
}

/**
 * The clients with the most requests, in fixed memory (space-saving, Metwally et al. 2005): whoever made more than one
 * in `size` of all requests is among them.
 */
export class HeavyHitters {
  private readonly size: number
  private readonly cells = new Map<string, Cell>()
  total = 0

  constructor(size: number) {
    this.size = size
  }

  add(name: string): void {
    this.total += 1
    const cell = this.cells.get(name)
    if (cell !== undefined) cell.count += 1
    else if (this.cells.size < this.size) this.cells.set(name, { count: 1, error: 0 })
    else this.replace(name)
  }

  /** The heaviest, heaviest first. */
  top(count: number): readonly HeavyHitter[] {
    const all = Array.from(this.cells, ([name, cell]) => ({ name, ...cell }))
    return all.sort((a, b) => b.count - a.count).slice(0, count)
  }

  /** Halves everything, so that the past fades. */
  decay(): void {
    this.total >>>= 1
    for (const [name, cell] of this.cells) {
      cell.count >>>= 1
      cell.error >>>= 1
      if (cell.count === 0) this.cells.delete(name)
    }
  }

  private replace(name: string): void {
    let least = ''
    let count = Number.POSITIVE_INFINITY
    for (const [candidate, cell] of this.cells) {
      if (cell.count >= count) continue
      least = candidate
      count = cell.count
      if (count === 1) break
    }
    this.cells.delete(least)
    this.cells.set(name, { count: count + 1, error: count })
  }
}
