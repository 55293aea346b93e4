import type { NumberRange } from '../authority/address-number.ts'

/** A range with the end of its ban, milliseconds since 1970. */
export interface RangeUntil extends NumberRange {
  readonly untilMs: number
}

/** Addresses from first to last of one family that are banned until the same moment. */
export interface Interval {
  readonly family: NumberRange['family']
  readonly first: bigint
  readonly last: bigint
  readonly untilMs: number
}

interface Open {
  readonly last: bigint
  readonly untilMs: number
}

/** Writes intervals from left to right, with the ranges that are still open on a stack. */
class Sweep {
  readonly intervals: Interval[] = []
  readonly #family: NumberRange['family']
  readonly #open: Open[] = []
  #at = 0n

  constructor(family: NumberRange['family']) {
    this.#family = family
  }

  #emit(last: bigint, untilMs: number): void {
    if (this.#at <= last) this.intervals.push({ family: this.#family, first: this.#at, last, untilMs })
    this.#at = last + 1n
  }

  /** Closes what ends before an address. */
  closeBefore(first: bigint | undefined): void {
    for (let top = this.#open.at(-1); top !== undefined; top = this.#open.at(-1)) {
      if (first !== undefined && top.last >= first) return
      this.#emit(top.last, top.untilMs)
      this.#open.pop()
    }
  }

  add(range: RangeUntil): void {
    this.closeBefore(range.first)
    const top = this.#open.at(-1)
    if (top !== undefined) {
      if (range.untilMs <= top.untilMs) return // the range around it lasts longer
      this.#emit(range.first - 1n, top.untilMs)
    }
    this.#at = range.first
    this.#open.push({ last: range.last, untilMs: range.untilMs })
  }
}

/**
 * CIDR ranges as intervals without overlap, each with the latest end of the ranges that hold it: interval sets of
 * nftables refuse overlaps, and a merged range would outlast the ban of its wider part. CIDR ranges lie side by side or
 * one in the other, so that one pass from left to right with a stack is enough.
 */
export function disjointRanges(ranges: readonly RangeUntil[]): readonly Interval[] {
  return (['ipv4', 'ipv6'] as const).flatMap((family) => {
    const sweep = new Sweep(family)
    const own = ranges.filter((range) => range.family === family)
    const order = (a: RangeUntil, b: RangeUntil): number =>
      a.first < b.first ? -1 : a.first > b.first ? 1 : a.prefix - b.prefix
    for (const range of own.toSorted(order)) sweep.add(range)
    sweep.closeBefore(undefined)
    return sweep.intervals
  })
}
