import type { Compiled } from '../backend/generate.ts'
import type { ExprScope } from '../expression.ts'
import type { LiteralGroup } from './literal-group.ts'

/** Searches of one text before all its literals are looked for in one pass. */
const searchesBeforeScan = 3

/** What the expressions of a set remember of one event. */
export class SharedValues {
  /** Grows with each event, and whenever an expression writes. */
  epoch = 1
  /** What the event's variables are now. */
  scope: ExprScope = []
  readonly #stamps: Float64Array
  readonly #values: unknown[]
  readonly #compute: Compiled[] = []
  readonly #groups: readonly LiteralGroup[]
  /** Epoch of the last pass of each group, of its last search, and searches in that epoch. */
  readonly #scanned: Float64Array
  readonly #asked: Float64Array
  readonly #searches: Uint8Array

  constructor(slots: number, groups: readonly LiteralGroup[]) {
    this.#stamps = new Float64Array(slots)
    this.#values = new Array<unknown>(slots).fill(null)
    this.#groups = groups
    this.#scanned = new Float64Array(groups.length)
    this.#asked = new Float64Array(groups.length)
    this.#searches = new Uint8Array(groups.length)
  }

  /** Drops what is remembered. */
  forget(): void {
    this.epoch += 1
  }

  /** Says how a slot's value is computed. */
  define(slot: number, compute: Compiled): void {
    this.#compute[slot] = compute
  }

  /** Value of a slot in this event. A computation that fails is tried again by the next that asks. */
  value(slot: number): unknown {
    if (this.#stamps[slot] === this.epoch) return this.#values[slot]
    const value = this.#compute[slot]?.(this.scope)
    this.#values[slot] = value
    this.#stamps[slot] = this.epoch
    return value
  }

  /**
   * Whether a literal is in the group's text. The first few are searched for; after that one pass tells for all, since
   * most events are of no interest to most expressions.
   */
  contains(number: number, literal: number, text: string): boolean {
    const group = this.#groups[number]
    if (group === undefined) return false
    if (this.#scanned[number] === this.epoch) return group.contains(literal, text)
    if (this.#asked[number] !== this.epoch) {
      this.#asked[number] = this.epoch
      this.#searches[number] = 0
    }
    const searches = this.#searches[number] ?? 0
    if (searches < searchesBeforeScan) {
      this.#searches[number] = searches + 1
      return group.search(literal, text)
    }
    group.scan(text)
    this.#scanned[number] = this.epoch
    return group.contains(literal, text)
  }
}
