import type { ChainResults } from '../compile/chain-trie.ts'

/** What the prefilter found in one list of values of one transaction. */
export interface Column {
  /** Rows looked at so far. */
  scanned: number
  /** Trigger flags of all values together. */
  flags: number
  /** Rows that at least one link may match, in order. */
  readonly rows: number[]
  /** For each of `rows`, the entries of its set of links, one after the other. */
  readonly bits: number[]
  /** Transformed values of `rows`, as far as known. */
  readonly texts: ChainResults
  /** The same one under the other, by number of the chain and by window, once asked for; null: too long for one look. */
  readonly joinedTexts: ((string | null)[] | undefined)[]
  /** All values one under the other by window, in the same way. */
  readonly joined: (string | null)[]
}

/** A column that nothing was looked at in. */
export function createColumn(): Column {
  return { scanned: 0, flags: 0, rows: [], bits: [], texts: [], joinedTexts: [], joined: [] }
}

/** Whether a row found by the prefilter may match a link. */
export function hasLink(
  column: Column,
  hit: number,
  link: { readonly bit: number; readonly words: number },
): boolean {
  return (((column.bits[hit * link.words + (link.bit >> 5)] ?? 0) >>> (link.bit & 31)) & 1) === 1
}
