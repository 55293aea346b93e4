import { compileLiterals, type LiteralScanner } from '@sevenfold/literals'

/** Longest piece of a literal that the pass looks for; longer ones make its tables many times larger and hardly tell more. */
const maxAtom = 6
/** Characters told apart; the rarest share a class. */
const maxClasses = 64

/** The literals that expressions look for in one text. */
export class LiteralGroup {
  readonly literals: readonly string[]
  readonly #atomOf: Uint32Array
  readonly #scanner: LiteralScanner
  readonly #hits: Uint32Array

  constructor(literals: readonly string[]) {
    this.literals = literals
    const atoms = new Map<string, number>()
    this.#atomOf = Uint32Array.from(literals, (literal) => {
      // The end of a path tells more than its start.
      const atom = literal.slice(-maxAtom)
      const number = atoms.get(atom) ?? atoms.size
      atoms.set(atom, number)
      return number
    })
    this.#scanner = compileLiterals([...atoms.keys()], { mode: 'string', maxClasses })
    this.#hits = new Uint32Array(Math.ceil(atoms.size / 32))
  }

  /** Looks for the pieces of all literals in one pass. */
  scan(text: string): void {
    this.#hits.fill(0)
    this.#scanner.scan(text, this.#hits)
  }

  /** Whether a literal is in the text scanned last: a search is only made when its piece was found. */
  contains(literal: number, text: string): boolean {
    const atom = this.#atomOf[literal] ?? 0
    return ((this.#hits[atom >> 5] ?? 0) & (1 << (atom & 31))) !== 0 && this.search(literal, text)
  }

  /** Whether a literal is in a text, without the pass. */
  search(literal: number, text: string): boolean {
    return text.includes(this.literals[literal] ?? '')
  }
}
