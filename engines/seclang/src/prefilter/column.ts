/** What the prefilter found in one list of values of one transaction. */
export interface Column {
  /** Rows looked at so far. */
  scanned: number
  /** Rows that at least one link may match, in order. */
  readonly rows: number[]
  /** For each of `rows`, one bit per indexed link. */
  readonly bits: Uint32Array[]
  /** For each of `rows`, transformed values by number of the chain, as far as known. */
  readonly texts: (string | undefined)[][]
}

/** A column that nothing was looked at in. */
export function createColumn(): Column {
  return { scanned: 0, rows: [], bits: [], texts: [] }
}
