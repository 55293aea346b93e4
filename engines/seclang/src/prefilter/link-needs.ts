import type { OperatorMatcher } from '../operators/operator.ts'

/** What a value must hold for a link to match it. */
export interface LinkNeeds {
  /** At least one literal of each clause, ASCII letters without case. */
  readonly clauses: readonly (readonly string[])[]
  /** Bytes that stand for a literal of the first clause, or null. */
  readonly orBytes: Uint8Array | null
  /** At least one byte of each set (256 entries, 1 = member), ASCII letters without case. */
  readonly byteSets: readonly Uint8Array[]
}

/** Longest piece of a literal that is looked for: longer ones cost states and are hardly ever told apart by the rest. */
export const maxScannedLiteral = 8
/** Most clauses and sets of one link that are looked at; more only cost. */
export const maxClauses = 2
const maxSets = 3

/** Needs of a matcher; null when nothing is known, so that every value has to be tried. */
export function needsOf(matcher: OperatorMatcher): LinkNeeds | null {
  const clauses: string[][] = []
  const byteSets: Uint8Array[] = matcher.bytes === undefined ? [] : [withoutCase(matcher.bytes)]
  const mixed: string[][] = []
  for (const clause of matcher.literals ?? []) {
    const cut = [...new Set(clause.map((literal) => literal.slice(0, maxScannedLiteral)))]
    if (shortest(cut) > 1) clauses.push(cut)
    else {
      byteSets.push(telltaleBytes(cut))
      mixed.push(cut)
    }
  }
  clauses.sort((left, right) => shortest(right) - shortest(left))
  const useful = byteSets.filter((set) => isUseful(set)).slice(0, maxSets)
  if (clauses.length > 0 || useful.length > 0) {
    return { clauses: clauses.slice(0, maxClauses), orBytes: null, byteSets: useful }
  }
  const [first] = mixed
  return first === undefined ? null : wordsOrBytes(first)
}

/** Fewest bytes of a value that meets the needs: the longest of the clauses' shortest literals. */
export function shortestMatch(need: LinkNeeds): number {
  return Math.max(1, ...need.clauses.map(shortest))
}

function shortest(clause: readonly string[]): number {
  return Math.min(...clause.map((literal) => literal.length))
}

/** Signs or words: the words are looked for as literals, the signs as bytes. */
function wordsOrBytes(clause: readonly string[]): LinkNeeds {
  const signs = new Uint8Array(256)
  for (const literal of clause) {
    if (literal.length > 1) continue
    signs[literal.charCodeAt(0) & 255] = 1
    signs[literal.toUpperCase().charCodeAt(0) & 255] = 1
  }
  return { clauses: [clause.filter((literal) => literal.length > 1)], orBytes: signs, byteSets: [] }
}

/** One byte of each literal, the rarest kind it has; letters in both cases. */
function telltaleBytes(clause: readonly string[]): Uint8Array {
  const set = new Uint8Array(256)
  for (const literal of clause) {
    const byte = /[^a-z0-9 ./-]/.exec(literal)?.[0] ?? /[^a-z]/.exec(literal)?.[0] ?? literal.charAt(0)
    set[byte.charCodeAt(0) & 255] = 1
    set[byte.toUpperCase().charCodeAt(0) & 255] = 1
  }
  return set
}

// What is looked at may be in another case than what the operator sees: chains that only change case are left out.
function withoutCase(set: Uint8Array): Uint8Array {
  return set.map((member, unit) => {
    const isLetter = (unit >= 65 && unit <= 90) || (unit >= 97 && unit <= 122)
    return isLetter ? member | (set[unit ^ 32] ?? 0) : member
  })
}

// A set that nearly every text meets tells nothing.
function isUseful(set: Uint8Array): boolean {
  let letters = 0
  for (let unit = 97; unit <= 122; unit++) letters += set[unit] ?? 0
  return letters < 6 && set.some((member) => member === 1)
}
