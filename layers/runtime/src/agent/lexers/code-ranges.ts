/**
 * A set of UTF-16 code units: first and last of each range, one pair behind the other, ascending and apart from each other.
 * Sets of a pattern are compared when an application starts: a few numbers beside a few others. The pattern engine has sets of
 * its own; the agent depends on nothing.
 */
export type CodeRanges = readonly number[]

const lastCode = 0xffff
const caseApart = 32

/** The set of ranges in any order. */
export function rangesOf(pairs: readonly (readonly [first: number, last: number])[]): CodeRanges {
  const ranges: number[] = []
  for (const [first, last] of pairs.toSorted((a, b) => a[0] - b[0])) {
    const end = ranges.at(-1)
    if (end === undefined || first > end + 1) ranges.push(first, last)
    else if (last > end) ranges[ranges.length - 1] = last
  }
  return ranges
}

/** The same as a list of pairs. */
export function pairsOf(ranges: CodeRanges): readonly (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = []
  for (let i = 0; i < ranges.length; i += 2) pairs.push([ranges[i] ?? 0, ranges[i + 1] ?? 0])
  return pairs
}

/** All that a set does not hold. */
export function inverted(ranges: CodeRanges): CodeRanges {
  const rest: number[] = []
  let next = 0
  for (let i = 0; i < ranges.length; i += 2) {
    const first = ranges[i] ?? 0
    if (first > next) rest.push(next, first - 1)
    next = (ranges[i + 1] ?? 0) + 1
  }
  if (next <= lastCode) rest.push(next, lastCode)
  return rest
}

/** A set and, for its letters of ASCII, the same in the other case. */
export function inAnyCase(ranges: CodeRanges): CodeRanges {
  const pairs = [...pairsOf(ranges)]
  for (const [first, last] of pairsOf(ranges)) {
    const [capital, small] = [Math.max(first, 65), Math.max(first, 97)]
    if (capital <= Math.min(last, 90)) pairs.push([capital + caseApart, Math.min(last, 90) + caseApart])
    if (small <= Math.min(last, 122)) pairs.push([small - caseApart, Math.min(last, 122) - caseApart])
  }
  return rangesOf(pairs)
}

/** Is a code in the set? */
export function hasCode(ranges: CodeRanges, code: number): boolean {
  for (let i = 0; i < ranges.length; i += 2) if (code <= (ranges[i + 1] ?? 0)) return code >= (ranges[i] ?? 0)
  return false
}

/** Do two sets share a code? */
export function doOverlap(one: CodeRanges, other: CodeRanges): boolean {
  let i = 0
  let j = 0
  while (i < one.length && j < other.length) {
    const end = one[i + 1] ?? 0
    const otherEnd = other[j + 1] ?? 0
    if (end < (other[j] ?? 0)) i += 2
    else if (otherEnd < (one[i] ?? 0)) j += 2
    else return true
  }
  return false
}
