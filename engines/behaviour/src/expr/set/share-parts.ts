import { IrKeys } from '../ir/ir-key.ts'
import { partsOf, withParts, type Ir } from '../ir/ir.ts'
import { LiteralGroup } from './literal-group.ts'

/** Expressions in terms of shared values. */
export interface SharedPlan {
  readonly expressions: readonly Ir[]
  /** How each shared value is computed; may use shared values of lower numbers. */
  readonly slots: readonly Ir[]
  readonly groups: readonly LiteralGroup[]
}

/** Fewest literals looked for in one text that are worth a pass of their own. */
const minGroup = 6

/**
 * Finds what several expressions compute alike: parts that only read, hold no locals of others and are more than a
 * constant get a slot; `contains` of many literals in one text becomes one search.
 */
export function shareParts(expressions: readonly Ir[]): SharedPlan {
  return new Sharing(expressions).plan()
}

class Sharing {
  readonly #keys = new IrKeys()
  readonly #expressions: readonly Ir[]
  readonly #uses = new Map<number, number>()
  readonly #closed = new WeakMap<Ir, boolean>()
  readonly #texts = new Map<number, Map<string, number>>()
  readonly #groups = new Map<number, number>()
  readonly #slotOf = new Map<number, number>()
  readonly #slots: Ir[] = []

  constructor(expressions: readonly Ir[]) {
    this.#expressions = expressions
  }

  plan(): SharedPlan {
    const seen = new Set<number>()
    for (const node of this.#expressions) this.#count(node, seen)
    for (const [text, literals] of this.#texts) {
      if (literals.size >= minGroup) this.#groups.set(text, this.#groups.size)
      else this.#texts.delete(text)
    }
    const expressions = this.#expressions.map((node) => this.#rewrite(node))
    const groups = [...this.#groups.keys()].map(
      (text) => new LiteralGroup([...(this.#texts.get(text) ?? new Map<string, number>()).keys()]),
    )
    return { expressions, slots: this.#slots, groups }
  }

  /** A part met again is not looked into again: what is in it is shared with it. */
  #count(node: Ir, seen: Set<number>): void {
    const key = this.#keys.of(node)
    this.#uses.set(key, (this.#uses.get(key) ?? 0) + 1)
    const literal = literalOf(node)
    if (literal !== undefined && this.#isClosed(literal.text)) {
      const text = this.#keys.of(literal.text)
      const literals = this.#texts.get(text) ?? new Map<string, number>()
      if (!literals.has(literal.literal)) literals.set(literal.literal, literals.size)
      this.#texts.set(text, literals)
    }
    if (seen.has(key) && this.#isShareable(node)) return
    seen.add(key)
    for (const part of partsOf(node)) this.#count(part, seen)
  }

  #rewrite(node: Ir): Ir {
    const key = this.#keys.of(node)
    const slot = this.#slotOf.get(key)
    if (slot !== undefined) return { kind: 'shared', type: node.type, slot }
    const made = this.#withSharedParts(node)
    if ((this.#uses.get(key) ?? 0) < 2 || !this.#isShareable(node) || made.kind === 'literal') return made
    const next = this.#slots.push(made) - 1
    this.#slotOf.set(key, next)
    return { kind: 'shared', type: node.type, slot: next }
  }

  #withSharedParts(node: Ir): Ir {
    const literal = literalOf(node)
    if (literal !== undefined) {
      const text = this.#keys.of(literal.text)
      const group = this.#groups.get(text)
      const number = this.#texts.get(text)?.get(literal.literal)
      if (group !== undefined && number !== undefined) {
        return { kind: 'literal', type: node.type, group, literal: number, of: this.#rewrite(literal.text) }
      }
    }
    const parts = partsOf(node)
    return parts.length === 0
      ? node
      : withParts(
          node,
          parts.map((part) => this.#rewrite(part)),
        )
  }

  /** Worth a slot: more than what reading the slot costs, and the same wherever it stands. */
  #isShareable(node: Ir): boolean {
    if (
      node.kind === 'constant' ||
      node.kind === 'variable' ||
      node.kind === 'local' ||
      node.kind === 'field'
    )
      return false
    return this.#isClosed(node)
  }

  /** Whether a node only reads, and no locals but its own. */
  #isClosed(node: Ir): boolean {
    const known = this.#closed.get(node)
    if (known !== undefined) return known
    const closed = isOwn(node, [])
    this.#closed.set(node, closed)
    return closed
  }
}

function isOwn(node: Ir, locals: readonly number[]): boolean {
  if (node.kind === 'local') return locals.includes(node.index)
  if (node.kind === 'call' && !node.pure) return false
  if (node.kind === 'let') return isOwn(node.value, locals) && isOwn(node.body, [...locals, node.index])
  if (node.kind === 'loop') {
    return (
      isOwn(node.array, locals) && isOwn(node.body, [...locals, node.item, node.position, node.position + 1])
    )
  }
  return partsOf(node).every((part) => isOwn(part, locals))
}

/** The text and the literal of a `contains`. */
function literalOf(node: Ir): { readonly text: Ir; readonly literal: string } | undefined {
  if (node.kind !== 'operator' || node.operator !== 'includes' || node.right.kind !== 'constant')
    return undefined
  const { value } = node.right
  return typeof value === 'string' && value !== '' ? { text: node.left, literal: value } : undefined
}
