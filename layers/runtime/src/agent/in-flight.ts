/** Requests that are remembered as being served. */
export const maxInFlight = 64

/**
 * The newest things that are being served. A sink that is reached from an event which nobody could follow (a pooled
 * connection, a native callback) is judged with the inputs of all of them.
 */
export class InFlight<T extends object> {
  readonly #slots: (T | undefined)[] = Array.from({ length: maxInFlight }, () => undefined)
  #next = 0
  readonly #onPushedOut: (item: T) => void
  /** How many there are; a plain field, because every question begins with it. Changed in here alone. */
  size = 0

  /** `onPushedOut` hears of each that newer ones left no place for. */
  constructor(onPushedOut: (item: T) => void = () => undefined) {
    this.#onPushedOut = onPushedOut
  }

  /** Adds one in place of the oldest; gives the slot to remove it by. */
  add(item: T): number {
    const slot = this.#next
    this.#next = (slot + 1) % maxInFlight
    const oldest = this.#slots[slot]
    if (oldest === undefined) this.size += 1
    else this.#onPushedOut(oldest)
    this.#slots[slot] = item
    return slot
  }

  /** Removes one, unless its slot was taken over. */
  remove(item: T, slot: number): void {
    if (this.#slots[slot] !== item) return
    this.#slots[slot] = undefined
    this.size -= 1
  }

  /** What was added last, before that, and so on, from 1 to `maxInFlight`; undefined when it was removed. */
  newest(back: number): T | undefined {
    return this.#slots[(this.#next - back + maxInFlight) % maxInFlight]
  }

  /** All of them, the newest first. */
  *all(): Generator<T> {
    for (let back = 1; back <= maxInFlight; back += 1) {
      const item = this.newest(back)
      if (item !== undefined) yield item
    }
  }
}
