/** Look-ups after which it is judged whether remembering pays. */
const window = 1_024
/** Windows without remembering, after one in which it did not pay. */
const restWindows = 8

/**
 * Results by text, at most so many, for texts of at most so many characters. What was not asked for lately is forgotten. Where less than
 * half of the look-ups find something, as with texts that an attacker makes up, nothing is remembered for a while: it would cost more than
 * it saves.
 */
export class BoundedMemo<T> {
  readonly #half: number
  readonly #maxText: number
  // Two generations: forgetting the older one at once costs nothing for each entry.
  #young = new Map<string, T>()
  #old = new Map<string, T>()
  #lookups = 0
  #hits = 0
  #resting = 0

  constructor(maxEntries: number, maxText: number) {
    this.#half = Math.max(1, Math.floor(maxEntries / 2))
    this.#maxText = maxText
  }

  /** Entries that are held. */
  get size(): number {
    return this.#young.size + this.#old.size
  }

  /** The result remembered for a text, or the one made now. */
  get(text: string, make: (text: string) => T): T {
    if (text.length > this.#maxText) return make(text)
    this.#lookups += 1
    if (this.#lookups >= window) this.#judge()
    if (this.#resting > 0) return make(text)
    const young = this.#young.get(text)
    if (young !== undefined) {
      this.#hits += 1
      return young
    }
    const old = this.#old.get(text)
    if (old !== undefined) this.#hits += 1
    const result = old ?? make(text)
    if (this.#young.size >= this.#half) {
      this.#old = this.#young
      this.#young = new Map<string, T>()
    }
    this.#young.set(text, result)
    return result
  }

  #judge(): void {
    if (this.#resting > 0) this.#resting -= 1
    else if (this.#hits < this.#lookups / 2) {
      this.#resting = restWindows
      this.#young = new Map<string, T>()
      this.#old = new Map<string, T>()
    }
    this.#lookups = 0
    this.#hits = 0
  }
}
