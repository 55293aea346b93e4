import { asciiLower } from './ascii-lower.ts'
import type { LiteralClauses } from './operator.ts'

/** The prefilter clause "this text occurs"; nothing when the text is empty and so always occurs. */
export function requires(text: string): { literals?: LiteralClauses } {
  return text === '' ? {} : { literals: [[asciiLower(text)]] }
}
