import { seeded } from './benign-values.ts'

/** Draws from a grammar: the same seed gives the same texts. */
export class Draw {
  readonly #random: () => number

  constructor(seed: number) {
    this.#random = seeded(seed)
  }

  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.#random() * (high - low + 1))
  }

  /** One of the list. */
  of<T>(list: readonly [T, ...T[]]): T {
    return list[this.int(0, list.length - 1)] ?? list[0]
  }

  /** True in `share` of the draws. */
  chance(share: number): boolean {
    return this.#random() < share
  }

  /** A lower-case word of a few letters that no list holds. */
  word(): string {
    let text = ''
    for (let left = this.int(2, 4); left > 0; left--)
      text += this.of(['b', 'd', 'f', 'k', 'm', 'r', 't', 'v', 'z']) + this.of(['a', 'e', 'i', 'o', 'u'])
    return text
  }

  /** The text with the case of some letters turned. */
  caseOf(text: string): string {
    switch (this.int(0, 3)) {
      case 0:
        return text.toUpperCase()
      case 1:
        return [...text].map((sign) => (this.chance(0.5) ? sign.toUpperCase() : sign)).join('')
      default:
        return text
    }
  }
}

/** A rule of a grammar: one text of its kind. */
export type Grammar = (draw: Draw) => string

/** Texts of a grammar, each once. */
export function texts(grammar: Grammar, seed: number, count: number): string[] {
  const draw = new Draw(seed)
  const found = new Set<string>()
  for (let tries = count * 20; tries > 0 && found.size < count; tries--) found.add(grammar(draw))
  return [...found]
}
