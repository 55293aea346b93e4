import type { NeedsPlan } from './needs-plan.ts'

/** Lengths from here on are all alike. */
const longEnough = 64
/** Combinations of byte classes whose masks are kept. */
const keptFlags = 256

/** Which patterns remain possible, as bitsets. */
export interface PatternMasks {
  /** Patterns that wait for no literal. */
  readonly base: Uint32Array
  /** Takes from `sink` the patterns that need a longer input or a byte class that did not occur. */
  apply(sink: Uint32Array, length: number, flags: number): void
}

/** Lays out byte classes and lengths as masks, so that the end of a scan costs one `and` a word. */
export function patternMasks(plan: NeedsPlan): PatternMasks {
  const { count, words } = plan
  const base = new Uint32Array(words)
  const byLength = new Uint32Array((longEnough + 1) * words)
  for (let pattern = 0; pattern < count; pattern++) {
    if (plan.hasLiterals[pattern] !== true) setBit(base, 0, pattern)
    const shortest = Math.min(longEnough, plan.minLength[pattern] ?? 0)
    for (let length = shortest; length <= longEnough; length++) setBit(byLength, length * words, pattern)
  }
  const longest = plan.minLength.reduce((a, b) => Math.max(a, b), 0)
  const flagKeys = new Int32Array(keptFlags)
  const flagFilled = new Uint8Array(keptFlags)
  const byFlags = new Uint32Array(keptFlags * words)

  /** Row of a combination of classes; ordinary inputs show few, so the table is filled as they come. */
  function flagRow(flags: number): number {
    const slot = (Math.imul(flags, 0x9e3779b1) >>> 24) % keptFlags
    const row = slot * words
    if (flagFilled[slot] === 1 && flagKeys[slot] === flags) return row
    flagFilled[slot] = 1
    flagKeys[slot] = flags
    byFlags.fill(0, row, row + words)
    for (let pattern = 0; pattern < count; pattern++) {
      const need = plan.flags[pattern] ?? 0
      if ((flags & need) === need) setBit(byFlags, row, pattern)
    }
    return row
  }

  return {
    base,
    apply(sink, length, flags) {
      const flagsAt = flagRow(flags)
      const lengthAt = Math.min(length, longEnough) * words
      for (let w = 0; w < words; w++)
        sink[w] = (sink[w] ?? 0) & (byFlags[flagsAt + w] ?? 0) & (byLength[lengthAt + w] ?? 0)
      if (length < longest && length >= longEnough) dropLonger(sink, plan.minLength, length)
    },
  }
}

function dropLonger(sink: Uint32Array, minLength: Uint32Array, length: number): void {
  for (let pattern = 0; pattern < minLength.length; pattern++) {
    if ((minLength[pattern] ?? 0) > length)
      sink[pattern >> 5] = (sink[pattern >> 5] ?? 0) & ~(1 << (pattern & 31))
  }
}

function setBit(bits: Uint32Array, at: number, pattern: number): void {
  const word = at + (pattern >> 5)
  bits[word] = (bits[word] ?? 0) | (1 << (pattern & 31))
}
