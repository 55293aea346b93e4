import { crowd, maxWaiting } from './upstream-limits.ts'
import type { UpstreamListener } from './upstream-listener.ts'

/** A request that waits. */
export interface Waiting {
  readonly listener: UpstreamListener
  /** Key of its path, see `AnswerWeights`. */
  readonly key: number
  /** Monotonic milliseconds. */
  readonly deadline: number
}

/** Requests that wait for a connection; each of them can leave at no cost for the others. */
export class WaitingLine {
  private readonly waiting = new Map<UpstreamListener, Waiting>()
  /** In the order in which they came; those that left meanwhile are passed over. */
  private order: Waiting[] = []
  private readonly newestFirst: boolean

  /** @param newestFirst see `next`. */
  constructor({ newestFirst }: { readonly newestFirst: boolean }) {
    this.newestFirst = newestFirst
  }

  get length(): number {
    return this.waiting.size
  }

  /** False when it is full. */
  add(one: Waiting): boolean {
    if (this.waiting.size >= maxWaiting) return false
    if (this.order.length >= 2 * maxWaiting) this.order = [...this.waiting.values()]
    this.waiting.set(one.listener, one)
    this.order.push(one)
    return true
  }

  /**
   * The request that gets a free connection. Where connections may never come back, the newest goes first in a crowd: in
   * a queue that is served in order everybody waits for all who came before, and those who attack came first. Where
   * they come back soon, the oldest goes first: else some wait for ever while a flood brings newer ones.
   */
  next(): Waiting | undefined {
    while (this.waiting.size > 0) {
      const one = this.newestFirst && this.waiting.size > crowd ? this.order.pop() : this.order.shift()
      if (one !== undefined && this.leave(one)) return one
    }
    return undefined
  }

  /** The oldest one whose time is over. */
  nextExpired(now: number): Waiting | undefined {
    while (this.waiting.size > 0) {
      const [one] = this.order
      if (one === undefined) return undefined
      if (this.waiting.get(one.listener) === one && one.deadline > now) return undefined
      this.order.shift()
      if (this.leave(one)) return one
    }
    return undefined
  }

  /** Takes out one that no longer waits. */
  remove(listener: UpstreamListener): void {
    if (this.waiting.size > 0) this.waiting.delete(listener)
  }

  /** Takes out all. */
  empty(): readonly UpstreamListener[] {
    const listeners = [...this.waiting.keys()]
    this.waiting.clear()
    this.order = []
    return listeners
  }

  private leave(one: Waiting): boolean {
    return this.waiting.get(one.listener) === one && this.waiting.delete(one.listener)
  }
}
