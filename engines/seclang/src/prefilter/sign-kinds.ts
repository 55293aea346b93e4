import type { LiteralClauses } from '../operators/operator.ts'

/** Lower bits are trigger flags, higher ones the flag that is always set (byte-trigger.ts). */
const firstKindBit = 11

/** Kinds of signs that many values hold none of, from hardly ever there to quite common; one flag each. */
export const signKinds: readonly (readonly [flag: number, signs: string])[] = [
  '|`$',
  '<>',
  '@#!~^?*\\\0',
  '{}[]',
  '()',
  '"\'',
  '&_%+',
  ':',
  ';',
  '=',
  './',
].map((signs, number) => [1 << (firstKindBit + number), signs])

/** All flags of {@link signKinds}. */
export const allSignKinds: number = signKinds.reduce((union, [flag]) => union | flag, 0)

/** Flag of each byte, 0 for letters, digits and signs that are everywhere. */
const kindOf = new Int32Array(256)
for (const [flag, signs] of signKinds)
  for (let at = 0; at < signs.length; at++) kindOf[signs.charCodeAt(at)] = flag

/** What an operator wants in every match. */
interface Wanted {
  readonly literals?: LiteralClauses | undefined
  readonly bytes?: Uint8Array | undefined
}

/**
 * Kinds of signs of which every match holds at least one; 0 when letters or digits may do. Of several such sets the one
 * that the fewest values meet.
 */
export function tellingKinds({ literals = [], bytes }: Wanted): number {
  const sets = literals.map((clause) => union(clause.map(rarestKind)))
  if (bytes !== undefined)
    sets.push(union(Array.from(bytes, (member, unit) => (member === 1 ? (kindOf[unit] ?? 0) : null))))
  // The rarest kinds have the lowest flags.
  const [best = 0] = sets.filter((set) => set !== 0).toSorted((left, right) => left - right)
  return best
}

/** All flags together, or 0 as soon as one of them is; null is left out. */
function union(flags: readonly (number | null)[]): number {
  let all = 0
  for (const flag of flags) {
    if (flag === 0) return 0
    all |= flag ?? 0
  }
  return all
}

function rarestKind(literal: string): number {
  let rarest = 0
  for (let at = 0; at < literal.length; at++) {
    const kind = kindOf[literal.charCodeAt(at) & 255] ?? 0
    if (kind !== 0 && (rarest === 0 || kind < rarest)) rarest = kind
  }
  return rarest
}
