/** Names and values in turn of arrival, duplicates kept: parallel arrays keep long lists cheap. */
export interface Pairs {
  readonly names: string[]
  readonly values: string[]
}

/** No pair yet. */
export function emptyPairs(): Pairs {
  return { names: [], values: [] }
}

/** Adds one pair. */
export function addPair(pairs: Pairs, name: string, value: string): void {
  pairs.names.push(name)
  pairs.values.push(value)
}
