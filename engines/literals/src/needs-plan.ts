import { maxByteClasses } from './class-flags.ts'

/** What every match of one pattern contains. */
export interface PatternNeeds {
  /** At least one literal of each clause, ignoring ASCII case. */
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
  readonly clausesOfLiteral: readonly (readonly number[])[]
  readonly patternOfClause: Uint32Array
  readonly bitOfClause: Uint32Array
  /** All clause bits of a pattern; 0 for patterns without literals. */
  readonly clauseMask: Uint32Array
  readonly byteClasses: readonly Uint8Array[]
  readonly flagMask: Int32Array
  readonly minLength: Uint32Array
  /** Patterns that are judged at the end of a scan: those with byte classes, or with nothing. */
  readonly byFlags: Uint32Array
}

/** Most clauses of one pattern that are used; more would only cost. */
const maxClauses = 4

/** Lays out the needs. Clauses of single units become byte classes while there are some left: those cost no hits. */
export function planNeeds(needs: readonly PatternNeeds[]): NeedsPlan {
  const classes = newClassRegister()
  const literalNumbers = new Map<string, number>()
  const clausesOfLiteral: number[][] = []
  const patternOfClause: number[] = []
  const bitOfClause: number[] = []
  const clauseMask = new Uint32Array(needs.length)
  const flagMask = new Int32Array(needs.length)
  for (const [pattern, need] of needs.entries()) {
    let used = 0
    for (const clause of need.clauses.slice(0, maxClauses)) {
      if (clause.length === 0 || clause.includes('')) continue
      const flag = classes.flagOf(unitsOf(clause))
      if (flag !== 0) {
        flagMask[pattern] = (flagMask[pattern] ?? 0) | flag
        continue
      }
      const number = patternOfClause.length
      patternOfClause.push(pattern)
      bitOfClause.push(1 << used)
      clauseMask[pattern] = (clauseMask[pattern] ?? 0) | (1 << used)
      used += 1
      for (const literal of new Set(clause)) listOf(literal, literalNumbers, clausesOfLiteral).push(number)
    }
    if (used === 0 && need.bytes !== undefined)
      flagMask[pattern] = (flagMask[pattern] ?? 0) | classes.flagOf(need.bytes)
  }
  const all = needs.map((_, pattern) => pattern)
  return {
    count: needs.length,
    words: Math.ceil(needs.length / 32),
    unfiltered: all.filter((pattern) => clauseMask[pattern] === 0 && flagMask[pattern] === 0).length,
    literals: [...literalNumbers.keys()],
    clausesOfLiteral,
    patternOfClause: Uint32Array.from(patternOfClause),
    bitOfClause: Uint32Array.from(bitOfClause),
    clauseMask,
    byteClasses: classes.list,
    flagMask,
    minLength: Uint32Array.from(needs, (need) => need.minLength ?? 0),
    byFlags: Uint32Array.from(all.filter((pattern) => clauseMask[pattern] === 0 || flagMask[pattern] !== 0)),
  }
}

function listOf(literal: string, numbers: Map<string, number>, lists: number[][]): number[] {
  const folded = literal.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
  const known = numbers.get(folded)
  const list = known === undefined ? [] : lists[known]
  if (known === undefined || list === undefined) {
    numbers.set(folded, lists.length)
    const fresh: number[] = []
    lists.push(fresh)
    return fresh
  }
  return list
}

/** The units of a clause of single units below 256, in both cases; undefined when it holds anything else. */
function unitsOf(clause: readonly string[]): Uint8Array | undefined {
  const units = new Uint8Array(256)
  for (const literal of clause) {
    if (literal.length !== 1 || literal > '\xff') return undefined
    for (const unit of [literal, literal.toLowerCase(), literal.toUpperCase()]) {
      if (unit.length === 1 && unit <= '\xff') units[unit.charCodeAt(0)] = 1
    }
  }
  return units
}

interface ClassRegister {
  readonly list: Uint8Array[]
  /** The flag bit of a class; 0 when there is none left or none given. */
  flagOf(members: Uint8Array | undefined): number
}

function newClassRegister(): ClassRegister {
  const list: Uint8Array[] = []
  const known = new Map<string, number>()
  return {
    list,
    flagOf(members) {
      if (members === undefined) return 0
      const key = members.join('')
      const number = known.get(key)
      if (number !== undefined) return 1 << number
      if (list.length >= maxByteClasses) return 0
      known.set(key, list.length)
      list.push(members)
      return 1 << (list.length - 1)
    },
  }
}
