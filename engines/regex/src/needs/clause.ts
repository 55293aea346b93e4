/** Clauses up to this size are searched for literals that contain another one. */
const maxSimplified = 400

/** Drops literals that contain another literal of the clause: where they are, that one is too. Sorted. */
export function simplifyClause(clause: readonly string[]): readonly string[] {
  const unique = [...new Set(clause)].sort()
  if (unique.length > maxSimplified) return unique
  return unique.filter((literal) => !unique.some((other) => other !== literal && literal.includes(other)))
}

/** A rough count of how often a clause is fulfilled by a position of ordinary text; smaller tells more. */
export function clauseCost(clause: readonly string[]): number {
  let cost = 0
  for (const literal of clause) {
    let chance = 1
    for (const character of literal.slice(0, 12)) chance *= characterChance(character)
    cost += chance
  }
  return cost
}

/** How often a character stands at a position of ordinary parameters and headers, by order of magnitude. */
export function characterChance(character: string): number {
  if (/[aeinorst ]/.test(character)) return 0.08
  if (/[a-z0-9]/.test(character)) return 0.04
  if (/[-_.,/:=&%+]/.test(character)) return 0.03
  return 0.005
}
