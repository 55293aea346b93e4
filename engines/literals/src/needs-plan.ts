import { maxByteClasses } from './class-flags.ts'
import { clauseChance, unitChance } from './text-chance.ts'

/** What every match of one pattern contains. */
export interface PatternNeeds {
  /** At least one literal of each clause, ignoring ASCII case; the most telling clause first. */
  readonly clauses: readonly (readonly string[])[]
  /** At least one of these code units (256 entries, 1 = member); undefined: nothing is known. */
  readonly bytes?: Uint8Array | undefined
  /** Fewest UTF-16 units of a match; default 0. */
  readonly minLength?: number | undefined
}

/** Needs of all patterns, laid out for scanning. */
export interface NeedsPlan {
  readonly count: number
  readonly words: number
  readonly unfiltered: number
  readonly literals: readonly string[]
  /** Patterns that a literal makes candidates. */
  readonly patternsOfLiteral: readonly (readonly number[])[]
  /** Whether a pattern waits for one of its literals. */
  readonly hasLiterals: readonly boolean[]
  readonly byteClasses: readonly Uint8Array[]
  /** Byte classes that a pattern needs, one bit each. */
  readonly flags: Int32Array
  readonly minLength: Uint32Array
}

/** Literals are cut to this length: longer ones make the automaton many times larger and hardly tell more. */
const maxAtomLength = 6
/** Length of an ordinary value, for the choice of byte classes. */
const ordinaryLength = 30

/**
 * Lays out the needs. Of clauses with longer literals only the first is looked for, because each further one costs more
 * hits than it saves. Clauses of single units and `bytes` are byte classes, of which the most useful are taken: those
 * cost nothing to look for.
 */
export function planNeeds(needs: readonly PatternNeeds[]): NeedsPlan {
  const atoms = newAtomRegister()
  const classes = new Map<string, ByteClass>()
  const singles: (readonly string[] | undefined)[] = []
  const hasLiterals = needs.map((need, pattern) => {
    const clauses = need.clauses.filter((clause) => clause.length > 0 && !clause.includes(''))
    const units = clauses.map(unitsOf)
    const first = clauses.find((_, n) => units[n] === undefined)
    for (const members of [...units, need.bytes]) {
      if (members !== undefined)
        register(classes, members, {
          pattern,
          chance: first === undefined ? 1 : clauseChance(first, ordinaryLength),
        })
    }
    for (const literal of first ?? []) atoms.add(literal, pattern)
    // A single unit may still have to be looked for as a literal, when no byte class is left for it.
    singles.push(first === undefined ? clauses[0] : undefined)
    return first !== undefined
  })
  const chosen = [...classes.values()].sort((a, b) => b.benefit - a.benefit).slice(0, maxByteClasses)
  const flags = new Int32Array(needs.length)
  for (const [bit, { patterns }] of chosen.entries())
    for (const pattern of patterns) flags[pattern] = (flags[pattern] ?? 0) | (1 << bit)
  for (const [pattern, clause] of singles.entries()) {
    if (clause === undefined || flags[pattern] !== 0) continue
    for (const literal of clause) atoms.add(literal, pattern)
    hasLiterals[pattern] = true
  }
  return {
    count: needs.length,
    words: Math.ceil(needs.length / 32),
    unfiltered: hasLiterals.filter((has, pattern) => !has && flags[pattern] === 0).length,
    literals: [...atoms.patterns.keys()],
    patternsOfLiteral: [...atoms.patterns.values()].map((patterns) => [...patterns]),
    hasLiterals,
    byteClasses: chosen.map(({ members }) => members),
    flags,
    minLength: Uint32Array.from(needs, (need) => need.minLength ?? 0),
  }
}

interface AtomRegister {
  readonly patterns: ReadonlyMap<string, ReadonlySet<number>>
  add(literal: string, pattern: number): void
}

function newAtomRegister(): AtomRegister {
  const patterns = new Map<string, Set<number>>()
  return {
    patterns,
    add(literal, pattern) {
      const atom = literal.slice(0, maxAtomLength).replace(/[A-Z]/g, (letter) => letter.toLowerCase())
      const known = patterns.get(atom)
      if (known === undefined) patterns.set(atom, new Set([pattern]))
      else known.add(pattern)
    },
  }
}

/** The units of a clause of single units below 256, in both cases; undefined when it holds anything else. */
function unitsOf(clause: readonly string[]): Uint8Array | undefined {
  const units = new Uint8Array(256)
  for (const literal of clause) {
    if (literal.length !== 1 || literal > '\xff') return undefined
    units[literal.charCodeAt(0)] = 1
    if (/[A-Za-z]/.test(literal)) units[literal.charCodeAt(0) ^ 0x20] = 1
  }
  return units
}

interface ByteClass {
  readonly members: Uint8Array
  readonly patterns: Set<number>
  /** Expected number of candidates that the class removes from an ordinary value. */
  benefit: number
}

function register(
  classes: Map<string, ByteClass>,
  members: Uint8Array,
  use: { pattern: number; chance: number },
): void {
  const key = members.join('')
  const known = classes.get(key) ?? { members, patterns: new Set(), benefit: 0 }
  classes.set(key, known)
  if (known.patterns.has(use.pattern)) return
  known.patterns.add(use.pattern)
  let chance = 0
  for (let unit = 0; unit < 256; unit++) if (members[unit] === 1) chance += unitChance(unit)
  known.benefit += use.chance * (1 - Math.min(1, chance)) ** ordinaryLength
}
