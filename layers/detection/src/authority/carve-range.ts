import type { NumberRange } from './address-number.ts'
import { addressBits } from './address-number.ts'

/** Most pieces that a range may fall into; more would say that the holes are what the range is made of. */
export const maxPieces = 1_024

const apart = (a: NumberRange, b: NumberRange): boolean =>
  a.family !== b.family || a.last < b.first || b.last < a.first

/**
 * What is left of a range without the holes, as the fewest CIDR ranges in order. Empty when nothing is left; undefined
 * when there would be more than `maxPieces`.
 */
export function carveRange(
  range: NumberRange,
  holes: readonly NumberRange[],
): readonly NumberRange[] | undefined {
  const pieces: NumberRange[] = []
  const bits = addressBits[range.family]
  const visit = (piece: NumberRange, near: readonly NumberRange[]): boolean => {
    const hit = near.filter((hole) => !apart(piece, hole))
    if (hit.length === 0) return pieces.push(piece) <= maxPieces
    if (hit.some((hole) => hole.first <= piece.first && hole.last >= piece.last)) return true
    const prefix = piece.prefix + 1
    const middle = piece.first + (1n << BigInt(bits - prefix))
    return (
      visit({ ...piece, prefix, last: middle - 1n }, hit) && visit({ ...piece, prefix, first: middle }, hit)
    )
  }
  return visit(range, holes) ? pieces : undefined
}
