import { codeAt } from '../lexers/code-at.ts'
import { hasCode } from '../lexers/code-ranges.ts'
import { wordCodes } from '../lexers/regex-tree.ts'
import type { RegexNode } from '../lexers/regex-tree.ts'

class Exhausted extends Error {}

type Next = (at: number) => boolean

class Walk {
  readonly #text: string
  readonly #isMultiline: boolean
  #left: number

  constructor(text: string, flags: string, limit: number) {
    this.#text = text
    this.#isMultiline = flags.includes('m')
    this.#left = limit
  }

  /** Steps that may still be taken. */
  get left(): number {
    return this.#left
  }

  #step(): void {
    this.#left -= 1
    if (this.#left < 0) throw new Exhausted()
  }

  /** Tries a node at a position as a backtracking engine does; `next` is what follows it. */
  match(node: RegexNode, at: number, next: Next): boolean {
    this.#step()
    switch (node.kind) {
      case 'set':
        return at < this.#text.length && hasCode(node.codes, codeAt(this.#text, at)) && next(at + 1)
      case 'sequence':
        return this.#sequence(node.items, 0, at, next)
      case 'choice':
        return node.items.some((item) => this.match(item, at, next))
      case 'look':
        return this.match(node.item, at, () => true) !== node.isNegative && next(at)
      case 'repeat':
        return node.item.kind === 'set'
          ? this.#run(node, node.item, at, next)
          : this.#repeat(node, { at, count: 0 }, next)
      case 'start':
        return (at === 0 || (this.#isMultiline && this.#text[at - 1] === '\n')) && next(at)
      case 'end':
        return (at === this.#text.length || (this.#isMultiline && this.#text[at] === '\n')) && next(at)
      case 'boundary':
      case 'inside': {
        const isWord = (position: number): boolean => hasCode(wordCodes, codeAt(this.#text, position))
        return (isWord(at - 1) !== isWord(at)) === (node.kind === 'boundary') && next(at)
      }
    }
  }

  #sequence(items: readonly RegexNode[], from: number, at: number, next: Next): boolean {
    const item = items[from]
    if (item === undefined) return next(at)
    return this.match(item, at, (end) => this.#sequence(items, from + 1, end, next))
  }

  /** One character repeated: no recursion, however long the run is. */
  #run(
    node: RegexNode & { kind: 'repeat' },
    set: RegexNode & { kind: 'set' },
    at: number,
    next: Next,
  ): boolean {
    let longest = 0
    while (
      longest < node.max &&
      at + longest < this.#text.length &&
      hasCode(set.codes, codeAt(this.#text, at + longest))
    )
      longest += 1
    const count = longest - node.min
    for (let i = 0; i <= count; i += 1) {
      this.#step()
      if (next(at + (node.isLazy ? node.min + i : longest - i))) return true
    }
    return false
  }

  #repeat(
    node: RegexNode & { kind: 'repeat' },
    { at, count }: { at: number; count: number },
    next: Next,
  ): boolean {
    const again = (): boolean =>
      count < node.max &&
      this.match(
        node.item,
        at,
        (end) => (end > at || count < node.min) && this.#repeat(node, { at: end, count: count + 1 }, next),
      )
    if (count < node.min) return again()
    return node.isLazy ? next(at) || again() : again() || next(at)
  }
}

/** What is matched, and from where. */
export interface Matching {
  readonly text: string
  readonly flags: string
  /** Steps after which counting ends. */
  readonly limit: number
  /** First position that is tried. */
  readonly from?: number
}

/**
 * Steps that a backtracking engine needs to match a text; Infinity beyond the limit. Counts and does not measure time: the
 * answer is the same on every machine. A text that is too deep for the walk counts as too much.
 */
export function countSteps(node: RegexNode, { text, flags, limit, from = 0 }: Matching): number {
  const walk = new Walk(text, flags, limit)
  try {
    for (let at = from; at <= text.length; at += 1) {
      if (walk.match(node, at, () => true) || flags.includes('y')) break
    }
    return limit - walk.left
  } catch (error) {
    if (error instanceof Exhausted || error instanceof RangeError) return Infinity
    throw error
  }
}

/** True when a backtracking engine needs more than `limit` steps. */
export function exceedsSteps(node: RegexNode, matching: Matching): boolean {
  return countSteps(node, matching) === Infinity
}
