/** Results by text, at most so many, for texts of at most so many characters; the oldest goes first. */
export class BoundedMemo<T> {
  readonly #results = new Map<string, T>()
  readonly #maxEntries: number
  readonly #maxText: number

  constructor(maxEntries: number, maxText: number) {
    this.#maxEntries = maxEntries
    this.#maxText = maxText
  }

  /** The result remembered for a text, or the one made now. */
  get(text: string, make: () => T): T {
    if (text.length > this.#maxText) return make()
    const known = this.#results.get(text)
    if (known !== undefined) return known
    const made = make()
    if (this.#results.size >= this.#maxEntries) {
      const oldest = this.#results.keys().next()
      if (oldest.done !== true) this.#results.delete(oldest.value)
    }
    this.#results.set(text, made)
    return made
  }
}
