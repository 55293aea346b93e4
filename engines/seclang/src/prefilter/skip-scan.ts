import { BlockSampler } from './block-sampler.ts'
import type { LinkNeeds } from './link-needs.ts'
import { PieceSearch } from './piece-search.ts'
import { sharedPiece } from './shared-piece.ts'

/** From so many bytes on, a text is first looked at in strides. */
export const longText = 1024

/** Shortest literal that makes strides worth while. */
const minWindow = 3
/** Literals shorter than this would shorten the strides for all, so a few of them are searched for apart. */
const shortLiteral = 7
const mostApart = 4
/** Places looked at closely: so many, and one per so many bytes; texts with more are left to the full scan. */
const freeLooks = 32
const bytesPerLook = 32

/**
 * Tells for long texts whether any link may find something at all, with a look at every few bytes only. Most long
 * texts, such as uploaded files, hold nothing.
 */
export interface SkipScan {
  /** False only for texts that hold no literal of any link's first clause. */
  mayHold(text: string): boolean
}

/** The literals of the first clauses; null when a link can be met by single bytes or very short literals. */
export function skipLiterals(links: readonly (LinkNeeds | null)[]): readonly string[] | null {
  const literals = new Set<string>()
  for (const need of links) {
    if (need === null) continue
    const [first] = need.clauses
    if (first === undefined || need.orBytes !== null) return null
    for (const literal of first) {
      if (literal.length < minWindow) return null
      literals.add(literal)
    }
  }
  return literals.size === 0 ? null : [...literals]
}

/** The scan for the literals of {@link skipLiterals}; null without any. */
export function createSkipScan(literals: readonly string[] | null): SkipScan | null {
  if (literals === null) return null
  const short = literals.filter(({ length }) => length < shortLiteral)
  const apart = short.length <= mostApart ? short : []
  const rest = literals.filter((literal) => !apart.includes(literal))
  const parts = [
    ...apart.map((literal) => new PieceSearch(literal)),
    ...(rest.length === 0 ? [] : [new BlockSampler(rest)]),
  ]
  const shared = sharedPiece(literals)
  return {
    mayHold(text) {
      if (shared !== '' && !text.includes(shared)) return false
      const looks = { left: freeLooks + Math.floor(text.length / bytesPerLook) }
      return parts.some((part) => part.mayHold(text, looks))
    },
  }
}
