/** What the characters of a text are to the language that reads it. */
export const kinds = { code: 0, literal: 1, delimiter: 2, comment: 3, expansion: 4 } as const

/** One of the kinds. */
export type Kind = (typeof kinds)[keyof typeof kinds]

/** The kind of each character of a text. */
export class Spans {
  readonly #kinds: Uint8Array

  constructor(length: number) {
    this.#kinds = new Uint8Array(length)
  }

  /** Marks a range. */
  mark(start: number, end: number, kind: Kind): void {
    this.#kinds.fill(kind, start, end)
  }

  /** The kind at a position. */
  at(position: number): number {
    return this.#kinds[position] ?? kinds.code
  }

  /** True when every character of the range is the inside of a literal. */
  isLiteral(start: number, end: number): boolean {
    for (let i = start; i < end; i += 1) if (this.#kinds[i] !== kinds.literal) return false
    return true
  }

  /** True when some character of the range is of that kind. */
  has(start: number, end: number, kind: Kind): boolean {
    for (let i = start; i < end; i += 1) if (this.#kinds[i] === kind) return true
    return false
  }
}
