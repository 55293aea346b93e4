/** Chance of characters that are seldom in ordinary text. */
const rare = 0.005

/** Clauses up to this size are searched for literals that contain another one. */
const maxSimplified = 64

/** Clauses that are simple already: those of a part are looked at again at every level around it. */
const simplified = new WeakSet<readonly string[]>()

/** Drops literals that contain another literal of the clause: where they are, that one is too. Sorted. */
export function simplifyClause(clause: readonly string[]): readonly string[] {
  if (simplified.has(clause)) return clause
  const simple = simplify(clause)
  simplified.add(simple)
  return simple
}

function simplify(clause: readonly string[]): readonly string[] {
  const unique = [...new Set(clause)].sort()
  if (unique.length > maxSimplified) return unique
  return unique.filter((literal) => !unique.some((other) => other !== literal && literal.includes(other)))
}

const knownCosts = new WeakMap<readonly string[], number>()

/** A rough count of how often a clause is fulfilled by a position of ordinary text; smaller tells more. */
export function clauseCost(clause: readonly string[]): number {
  const cost = knownCosts.get(clause) ?? costOf(clause)
  knownCosts.set(clause, cost)
  return cost
}

function costOf(clause: readonly string[]): number {
  let cost = 0
  for (const literal of clause) {
    let chance = 1
    for (let i = 0; i < Math.min(12, literal.length); i++) chance *= codeChance(literal.charCodeAt(i))
    cost += chance
  }
  return cost
}

const common = chances()

/** How often a character stands at a position of ordinary parameters and headers, by order of magnitude. */
export function codeChance(code: number): number {
  return common[code] ?? rare
}

function chances(): Float64Array {
  const table = new Float64Array(128).fill(rare)
  const rate = (characters: string, chance: number): void => {
    for (const character of characters) table[character.charCodeAt(0)] = chance
  }
  rate('abcdefghijklmnopqrstuvwxyz0123456789', 0.04)
  rate('aeinorst ', 0.08)
  rate('-_.,/:=&%+', 0.03)
  // Upper case is rarer than its twin.
  rate('ABCDEFGHIJKLMNOPQRSTUVWXYZ', 0.004)
  return table
}
