/** The newest `capacity` items; older ones are dropped and counted. */
export class Ring<T> {
  readonly #items: T[] = []
  readonly #capacity: number
  #dropped = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  push(item: T): void {
    this.#items.push(item)
    if (this.#items.length <= this.#capacity) return
    this.#items.shift()
    this.#dropped += 1
  }

  /** Takes the oldest item. */
  shift(): T | undefined {
    return this.#items.shift()
  }

  get length(): number {
    return this.#items.length
  }

  get dropped(): number {
    return this.#dropped
  }
}
