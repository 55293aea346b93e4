import type { LiteralScanner } from '@sevenfold/literals'

/** Searches of one text before all its literals are looked for in one pass. */
const searchesBeforeScan = 3

/** A text and the literals that expressions look for in it. */
export interface LiteralGroup {
  readonly literals: readonly string[]
  readonly scanner: LiteralScanner
}

/** What the expressions of a set remember of one event. */
export class SharedValues {
  /** Grows with each event, and whenever an expression writes. */
  epoch = 1
  readonly stamps: Float64Array
  readonly values: unknown[]
  readonly #compute: (() => unknown)[] = []
  readonly #groups: readonly LiteralGroup[]
  readonly #hits: readonly Uint32Array[]
  readonly #scanned: Float64Array
  readonly #asked: Float64Array
  readonly #searches: Uint8Array

  constructor(slots: number, groups: readonly LiteralGroup[]) {
    this.stamps = new Float64Array(slots)
    this.values = new Array<unknown>(slots).fill(null)
    this.#groups = groups
    this.#hits = groups.map((group) => new Uint32Array(Math.ceil(group.literals.length / 32)))
    this.#scanned = new Float64Array(groups.length)
    this.#asked = new Float64Array(groups.length)
    this.#searches = new Uint8Array(groups.length)
  }

  /** Says how a slot's value is computed. */
  define(slot: number, compute: () => unknown): void {
    this.#compute[slot] = compute
  }

  /** Value of a slot in this event. A computation that fails is tried again by the next that asks. */
  value(slot: number): unknown {
    if (this.stamps[slot] === this.epoch) return this.values[slot]
    const value = this.#compute[slot]?.()
    this.values[slot] = value
    this.stamps[slot] = this.epoch
    return value
  }

  /**
   * Whether a literal is in the group's text. The first few are searched for; after that one pass finds all, since
   * most events are of no interest to most expressions.
   */
  contains(group: number, literal: number, text: string): boolean {
    if (this.#scanned[group] !== this.epoch) {
      if (this.#asked[group] !== this.epoch) {
        this.#asked[group] = this.epoch
        this.#searches[group] = 0
      }
      const searches = this.#searches[group] ?? 0
      if (searches < searchesBeforeScan) {
        this.#searches[group] = searches + 1
        return text.includes(this.#groups[group]?.literals[literal] ?? '')
      }
      this.#scan(group, text)
    }
    return ((this.#hits[group]?.[literal >> 5] ?? 0) & (1 << (literal & 31))) !== 0
  }

  #scan(group: number, text: string): void {
    const hits = this.#hits[group]
    if (hits === undefined) return
    hits.fill(0)
    this.#groups[group]?.scanner.scan(text, hits)
    this.#scanned[group] = this.epoch
  }
}
