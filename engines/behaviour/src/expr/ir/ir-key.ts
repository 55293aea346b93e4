import { partsOf, type Ir } from './ir.ts'

/**
 * Gives equal nodes equal numbers: nodes that do the same with the same parts. Nodes are small objects made once, so
 * that each is looked at once.
 */
export class IrKeys {
  readonly #numbers = new Map<string, number>()
  readonly #identities = new Map<unknown, number>()
  readonly #known = new WeakMap<Ir, number>()

  /** The number of a node. */
  of(node: Ir): number {
    const known = this.#known.get(node)
    if (known !== undefined) return known
    const key = `${this.#head(node)}(${partsOf(node)
      .map((part) => String(this.of(part)))
      .join(',')})`
    let number = this.#numbers.get(key)
    if (number === undefined) {
      number = this.#numbers.size
      this.#numbers.set(key, number)
    }
    this.#known.set(node, number)
    return number
  }

  #identity(value: unknown): number {
    let number = this.#identities.get(value)
    if (number === undefined) {
      number = this.#identities.size
      this.#identities.set(value, number)
    }
    return number
  }

  /** All of a node but its parts. Places in the source do not count. */
  #head(node: Ir): string {
    switch (node.kind) {
      case 'constant':
        return `c${String(this.#identity(node.value))}`
      case 'variable':
        return `v${String(node.slot)}`
      case 'local':
        return `l${String(node.index)}`
      case 'field':
        return `f${String(this.#identity(node.name))}`
      case 'call':
        return `${node.at === undefined ? 'k' : 'K'}${String(this.#identity(node.fn))}`
      case 'operator':
        return node.operator
      case 'let':
        return `let${String(node.index)}`
      case 'loop':
        return `loop${String(this.#identity(node.loop))}:${String(node.item)}`
      case 'shared':
        return `s${String(node.slot)}`
      case 'literal':
        return `L${String(node.group)}.${String(node.literal)}`
      case 'not':
      case 'and':
      case 'or':
      case 'conditional':
      case 'coalesce':
      case 'array':
      case 'sequence':
        return node.kind
    }
  }
}
