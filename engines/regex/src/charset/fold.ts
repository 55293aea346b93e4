import { normalizeSet, setHas, type CharSet } from './char-set.ts'

/** ASCII letters gain their other case; everything else stays (PCRE without UTF, C locale). */
export function foldAscii(set: CharSet): CharSet {
  const all: number[] = []
  for (let i = 0; i < set.length; i += 2) {
    const [lo, hi] = [set[i] ?? 0, set[i + 1] ?? 0]
    addShifted(all, { lo: Math.max(lo, 0x41), hi: Math.min(hi, 0x5a), by: 32 })
    addShifted(all, { lo: Math.max(lo, 0x61), hi: Math.min(hi, 0x7a), by: -32 })
  }
  if (all.length === 0) return set
  for (const end of set) all.push(end)
  return normalizeSet(all)
}

function addShifted(pairs: number[], { lo, hi, by }: { lo: number; hi: number; by: number }): void {
  if (lo <= hi) pairs.push(lo + by, hi + by)
}

/** Every member gains the code points with the same Unicode simple case folding (as Go's `unicode.SimpleFold` orbits). */
export function foldUnicode(set: CharSet): CharSet {
  if (set.length === 0) return set
  const ascii = foldAscii(set)
  const extra: number[] = []
  if ((set.at(-1) ?? 0) < 0x80) {
    // The two foreign members of ASCII orbits: LATIN SMALL LETTER LONG S and KELVIN SIGN.
    if (setHas(ascii, 0x73)) extra.push(0x17f, 0x17f)
    if (setHas(ascii, 0x6b)) extra.push(0x212a, 0x212a)
  } else {
    for (const orbit of caseOrbits()) {
      if (orbit.some((code) => setHas(set, code))) for (const code of orbit) extra.push(code, code)
    }
  }
  return extra.length === 0 ? ascii : normalizeSet([...ascii, ...extra])
}

let orbits: readonly (readonly number[])[] | undefined

/**
 * All groups of code points that fold together. JavaScript has no simple folding, but its `iu` matching is defined by
 * it: candidates come from the case mappings, and `iu` decides.
 */
function caseOrbits(): readonly (readonly number[])[] {
  orbits ??= buildOrbits()
  return orbits
}

function buildOrbits(): readonly (readonly number[])[] {
  const cased = /[\p{Changes_When_Casemapped}\p{Lowercase}\p{Uppercase}\p{Lt}]/u
  const groups = new Map<number, number[]>()
  for (let code = 0; code <= 0x1ffff; code++) {
    const text = String.fromCodePoint(code)
    if (!cased.test(text)) continue
    const relatives = [text.toLowerCase(), text.toUpperCase(), text.toUpperCase().toLowerCase()]
    for (const relative of relatives) {
      const other = relative.codePointAt(0)
      if (other === undefined || other === code || String.fromCodePoint(other) !== relative) continue
      if (foldsTogether(code, other)) joinGroups(groups, code, other)
    }
  }
  return [...new Set(groups.values())]
}

function foldsTogether(a: number, b: number): boolean {
  return new RegExp(`^\\u{${a.toString(16)}}$`, 'iu').test(String.fromCodePoint(b))
}

function joinGroups(groups: Map<number, number[]>, a: number, b: number): void {
  const members = new Set([a, b, ...(groups.get(a) ?? []), ...(groups.get(b) ?? [])])
  const group = [...members]
  for (const member of group) groups.set(member, group)
}
