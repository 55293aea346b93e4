/** Named limits of one automaton. Passing one is a `LITERALS_LIMIT` error. */
export interface LiteralLimits {
  /** Longest literal, in UTF-16 units. */
  readonly maxLiteralLength: number
  /** Most bytes of the transition table. */
  readonly maxTableBytes: number
}

/** Limits used when a caller names none. */
export const defaultLiteralLimits: LiteralLimits = {
  maxLiteralLength: 4_096,
  maxTableBytes: 64 * 1_048_576,
}
