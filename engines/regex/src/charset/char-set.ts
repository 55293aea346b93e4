/**
 * A set of code points: inclusive ranges `[lo, hi, lo, hi, …]`, sorted, disjoint and not adjacent.
 * Plain data, so that equal sets have equal `join()` keys.
 */
export type CharSet = readonly number[]

/** The set without members. */
export const emptySet: CharSet = []

/** More than any code point: a range is sorted as one number. */
const rangeBase = 0x20_0000

/** Sorts and merges arbitrary `[lo, hi, …]` pairs into a {@link CharSet}. */
export function normalizeSet(pairs: readonly number[]): CharSet {
  const ranges: number[] = []
  for (let i = 0; i + 1 < pairs.length; i += 2) ranges.push((pairs[i] ?? 0) * rangeBase + (pairs[i + 1] ?? 0))
  if (ranges.length > 1) ranges.sort((a, b) => a - b)
  const out: number[] = []
  for (const range of ranges) {
    const hi = range % rangeBase
    const lo = (range - hi) / rangeBase
    const last = out.length - 1
    const lastHi = out[last]
    if (lastHi !== undefined && lo <= lastHi + 1) out[last] = Math.max(lastHi, hi)
    else out.push(lo, hi)
  }
  return out
}

/** Members of either set. */
export function unionSet(a: CharSet, b: CharSet): CharSet {
  if (a.length === 0) return b
  return b.length === 0 ? a : normalizeSet([...a, ...b])
}

/** Code points from 0 to `max` that are not members. */
export function negateSet(set: CharSet, max: number): CharSet {
  const out: number[] = []
  let next = 0
  for (let i = 0; i < set.length; i += 2) {
    const lo = set[i] ?? 0
    if (lo > next) out.push(next, lo - 1)
    next = (set[i + 1] ?? 0) + 1
  }
  if (next <= max) out.push(next, max)
  return out
}

/** Members of both sets. */
export function intersectSet(a: CharSet, b: CharSet): CharSet {
  const out: number[] = []
  let i = 0
  let j = 0
  while (i < a.length && j < b.length) {
    const lo = Math.max(a[i] ?? 0, b[j] ?? 0)
    const hi = Math.min(a[i + 1] ?? 0, b[j + 1] ?? 0)
    if (lo <= hi) out.push(lo, hi)
    if ((a[i + 1] ?? 0) < (b[j + 1] ?? 0)) i += 2
    else j += 2
  }
  return out
}

/** Whether the code point is a member. */
export function setHas(set: CharSet, code: number): boolean {
  for (let i = 0; i < set.length; i += 2) {
    if (code < (set[i] ?? 0)) return false
    if (code <= (set[i + 1] ?? 0)) return true
  }
  return false
}

/** Number of members. */
export function setSize(set: CharSet): number {
  let size = 0
  for (let i = 0; i < set.length; i += 2) size += (set[i + 1] ?? 0) - (set[i] ?? 0) + 1
  return size
}
