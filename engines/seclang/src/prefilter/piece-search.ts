import type { Looks } from './looks.ts'
import { standsAt } from './stands-at.ts'

/** Letters have two spellings, and a text is searched for every spelling of a piece. */
const pieceLength = 2

/** Looks for a literal by the piece of it with the fewest letters, which is searched for at the speed of memory. */
export class PieceSearch {
  readonly #literal: string
  readonly #before: number
  readonly #spellings: readonly string[]

  /** A literal of at least two bytes, in lower case. */
  constructor(literal: string) {
    this.#literal = literal
    const pieces = Array.from({ length: literal.length - pieceLength + 1 }, (_, before) => ({
      before,
      spellings: spellingsOf(literal.slice(before, before + pieceLength)),
    }))
    const [best] = pieces.toSorted((left, right) => left.spellings.length - right.spellings.length)
    this.#before = best?.before ?? 0
    this.#spellings = best?.spellings ?? []
  }

  /** False only for texts without the literal; true also once the looks are used up. */
  mayHold(text: string, looks: Looks): boolean {
    for (const spelling of this.#spellings) {
      for (let at = text.indexOf(spelling); at >= 0; at = text.indexOf(spelling, at + 1)) {
        looks.left--
        if (looks.left < 0 || standsAt(text, at - this.#before, this.#literal)) return true
      }
    }
    return false
  }
}

/** A text in upper and lower case, letter by letter. */
function spellingsOf(text: string): string[] {
  return Array.from(text).reduce<string[]>(
    (known, unit) =>
      known.flatMap((start) =>
        [...new Set([unit, /[a-z]/.test(unit) ? unit.toUpperCase() : unit])].map((end) => start + end),
      ),
    [''],
  )
}
