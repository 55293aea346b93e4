import type { StoredDecision } from './stored-decision.ts'

/** A binary heap: the decision that ends first is on top. */
export class ExpiryQueue {
  readonly #heap: StoredDecision[] = []

  /** Adds a decision. */
  push(decision: StoredDecision): void {
    const heap = this.#heap
    heap.push(decision)
    let at = heap.length - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (this.#untilAt(parent) <= this.#untilAt(at)) break
      this.#swap(parent, at)
      at = parent
    }
  }

  /** The next decision to end, removed from the queue, if it ends at `nowMs` or before. */
  popEnded(nowMs: number): StoredDecision | undefined {
    const [first] = this.#heap
    if (first === undefined || first.untilMs > nowMs) return undefined
    const last = this.#heap.pop()
    if (last !== undefined && this.#heap.length > 0) {
      this.#heap[0] = last
      this.#sink()
    }
    return first
  }

  /** When the next decision ends. */
  nextMs(): number | undefined {
    return this.#heap[0]?.untilMs
  }

  #sink(): void {
    let at = 0
    for (;;) {
      const left = at * 2 + 1
      const child = this.#untilAt(left + 1) < this.#untilAt(left) ? left + 1 : left
      if (this.#untilAt(child) >= this.#untilAt(at)) return
      this.#swap(at, child)
      at = child
    }
  }

  #untilAt(at: number): number {
    return this.#heap[at]?.untilMs ?? Number.POSITIVE_INFINITY
  }

  #swap(a: number, b: number): void {
    const [first, second] = [this.#heap[a], this.#heap[b]]
    if (first === undefined || second === undefined) return
    this.#heap[a] = second
    this.#heap[b] = first
  }
}
