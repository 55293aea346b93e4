import { normalizeSet, setHas, type CharSet } from './char-set.ts'

/** ASCII letters gain their other case; everything else stays (PCRE without UTF, C locale). */
export function foldAscii(set: CharSet): CharSet {
  const extra: number[] = []
  for (let code = 0x41; code <= 0x5a; code++) {
    const lower = code + 32
    if (setHas(set, code)) extra.push(lower, lower)
    if (setHas(set, lower)) extra.push(code, code)
  }
  return extra.length === 0 ? set : normalizeSet([...set, ...extra])
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
