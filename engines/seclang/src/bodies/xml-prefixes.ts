/** Namespaces by prefix, as declared by the open elements: declared below, forgotten with the element. */
export class XmlPrefixes {
  readonly #namespaces = new Map<string, number>()
  /** Declarations in force, the newest last, with what they took the place of. */
  readonly #declared: string[] = []
  readonly #before: (number | undefined)[] = []

  /** Declarations in force; hand it to {@link forget} to end those that come after. */
  get count(): number {
    return this.#declared.length
  }

  declare(prefix: string, namespace: number): void {
    this.#declared.push(prefix)
    this.#before.push(this.#namespaces.get(prefix))
    this.#namespaces.set(prefix, namespace)
  }

  /** Ends all declarations beyond the first `count`. */
  forget(count: number): void {
    while (this.#declared.length > count) {
      const prefix = this.#declared.pop() ?? ''
      const before = this.#before.pop()
      if (before === undefined) this.#namespaces.delete(prefix)
      else this.#namespaces.set(prefix, before)
    }
  }

  /** Number of the namespace of a prefix; 0 where none is declared. */
  namespaceOf(prefix: string): number {
    return this.#namespaces.get(prefix) ?? 0
  }
}
