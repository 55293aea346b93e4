import type { Compiled } from '../backend/generate.ts'
import type { ExprScope } from '../expression.ts'

/** Most combinations of values whose candidates are remembered; beyond, they are put together each time. */
const maxNodes = 4_096

/** One value of one text among those before it: the way to the candidates of a combination. */
interface Node {
  /** By the number of the value of the next text; 0 where nobody asks for it. */
  readonly next: (Node | undefined)[]
  candidates: readonly number[] | undefined
}

const newNode = (): Node => ({ next: [], candidates: undefined })

/** A text with numbers for the values that are asked for, and who asks for each. */
interface NumberedText {
  readonly value: Compiled
  readonly numbers: ReadonlyMap<string, number>
  readonly lists: readonly (readonly number[])[]
}

/** A text that expressions compare, and who asks for which value. */
export interface GuardText {
  readonly value: Compiled
  readonly byValue: ReadonlyMap<string, readonly number[]>
}

/** Tells which expressions can be true by the values of a few texts. */
export class Candidates {
  readonly #texts: readonly NumberedText[]
  readonly #always: readonly number[]
  readonly #root: Node = newNode()
  #nodes = 1

  constructor(texts: readonly GuardText[], always: readonly number[]) {
    this.#always = always
    this.#texts = texts.map(({ value, byValue }) => ({
      value,
      numbers: new Map([...byValue.keys()].map((text, index) => [text, index + 1])),
      // The last list is for a text that cannot be told: whoever asks for it must fail by itself, and be named.
      lists: [[], ...byValue.values(), [...byValue.values()].flat()],
    }))
  }

  /** Numbers of the expressions that can be true, in order. Hot: no text is made here. */
  of(scope: ExprScope): readonly number[] {
    let node: Node | undefined = this.#root
    for (const text of this.#texts) {
      const number = numberOf(text, scope)
      const known: Node | undefined = node.next[number]
      if (known !== undefined) {
        node = known
        continue
      }
      if (this.#nodes >= maxNodes) return this.#together(scope)
      this.#nodes += 1
      const made = newNode()
      node.next[number] = made
      node = made
    }
    return (node.candidates ??= this.#together(scope))
  }

  #together(scope: ExprScope): readonly number[] {
    const found = this.#texts.flatMap((text) => text.lists[numberOf(text, scope)] ?? [])
    return [...new Set([...this.#always, ...found])].sort((a, b) => a - b)
  }
}

/** Number of a text's value; 0 when nobody asks for it, the last when its evaluation fails. */
function numberOf({ value, numbers }: NumberedText, scope: ExprScope): number {
  try {
    return numbers.get(value(scope) as string) ?? 0
  } catch {
    return numbers.size + 1
  }
}
