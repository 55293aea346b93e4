/** How often a code unit stands at a position of ordinary text, by order of magnitude. Only choices depend on it. */
export function unitChance(unit: number): number {
  const letter = unit | 0x20
  if ((letter >= 0x61 && letter <= 0x7a) || unit === 0x20) return 0.04
  if (unit >= 0x2c && unit <= 0x39) return 0.03
  return 0.004
}

/** How likely ordinary text of a length holds a literal of a clause. */
export function clauseChance(clause: readonly string[], length: number): number {
  let rate = 0
  for (const literal of clause) {
    let chance = 1
    for (let i = 0; i < Math.min(8, literal.length); i++) chance *= unitChance(literal.charCodeAt(i))
    rate += chance
  }
  return Math.min(1, rate * length)
}
